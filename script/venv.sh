# Sourced by the commands beside it. `venv FILE` makes .venv with what that requirements file and requirements.txt name;
# copies of both in .venv tell whether anything changed since.

venv() {
    if .venv/bin/python -c "" 2>/dev/null && is_installed requirements.txt && is_installed "$1"; then
        return
    fi
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        local python
        python=$(a_python)
        "$python" -m venv --clear .venv
    fi
    echo "Installing $1 into .venv (once, and again when it changes)"
    .venv/bin/python -m pip install -qq --disable-pip-version-check -r requirements.txt -r "$1"
    cp requirements.txt "$(stamp requirements.txt)"
    cp "$1" "$(stamp "$1")"
}

is_installed() {
    cmp -s "$1" "$(stamp "$1")"
}

stamp() {
    echo ".venv/installed-$(echo "$1" | tr / -)"
}

a_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 to 3.14 with its venv module is needed (on Debian and Ubuntu: python3-venv). PYTHON=… names one." >&2
    return 1
}
