# Web and worker in one image; which of the two runs is the command. The database is another container or service.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 DEBUG=False
WORKDIR /app

COPY requirements.txt .
RUN pip install --disable-pip-version-check -r requirements.txt

COPY . .

# Both steps read the settings, which want secrets; these are used for nothing else and stay in no layer.
RUN python -m config.translations \
    && SECRET_KEY=build FIELD_KEY=build ALLOWED_HOSTS=build python manage.py collectstatic --noinput \
    && useradd --system --no-create-home --shell /usr/sbin/nologin tongzhang \
    && mkdir var && chown tongzhang var

USER tongzhang
EXPOSE 8000
VOLUME /app/var

# Threads wait for the database most of the time; no --preload, connections must not cross a fork. No access log: ours
# has every request, without the short links that gunicorn's would hold.
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=3", "--threads=4", \
     "--timeout=30", "--graceful-timeout=30", "--max-requests=2000", "--max-requests-jitter=200", \
     "--worker-tmp-dir=/dev/shm"]
