#!/bin/sh
# Chromium and a Chinese font for the browser tests: installed from Debian's packages when we may.
# Without them the tests that need a browser are skipped and say so.
set -u

missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="chromium"
[ -n "$(fc-list :lang=zh-cn 2>/dev/null | head -1)" ] || missing="$missing fonts-noto-cjk"
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
  as_root="sudo -n"
  sudo -n true 2>/dev/null || as_root="none"
fi
if [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1; then
  echo "安装 Installing:$missing (apt-get)"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing fontconfig; } >/dev/null && exit 0
fi
echo "浏览器测试将被跳过，缺少：$missing；请安装后重试。" >&2
echo "Browser tests will be skipped: install $missing with the system's package manager." >&2
# Not done: the next run looks again. The Makefile goes on with the other tests.
exit 1
