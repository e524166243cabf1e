# Sourced by script/test. `browser` sees to it that the browser tests have Chromium and Chinese fonts, or are left out.

browser() {
    has_browser || install_browser || true
    has_browser && return
    echo "No Chromium with Chinese fonts here, and it could not be installed (packages chromium and fonts-noto-cjk)." >&2
    if [ "${CI:-}" = true ]; then
        return 1
    fi
    echo "Leaving out tests/browser." >&2
    export PYTEST_ADDOPTS="${PYTEST_ADDOPTS:-} --ignore=tests/browser"
}

has_browser() {
    local name
    fc-list :lang=zh 2>/dev/null | grep -q . || return 1
    for name in chromium chromium-browser google-chrome; do
        if "$name" --version >/dev/null 2>&1; then
            return
        fi
    done
    return 1
}

install_browser() {
    local root=""
    [ "$(id -u)" -eq 0 ] || root="sudo -n"
    command -v apt-get >/dev/null && $root true 2>/dev/null || return 1
    echo "Installing chromium and fonts-noto-cjk (log in var/apt.log)"
    mkdir -p var
    {
        $root apt-get update && $root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends chromium fontconfig fonts-noto-cjk
    } >var/apt.log 2>&1
}
