# shellcheck shell=sh
# What bin/demo and bin/test share: they make sure that the machine has what they need, and say what and why before
# anything is installed. Sourced, never run. POSIX sh: a Mac has no newer bash than 3.2, a Debian image may have only dash.
#
# Rules:
#   1. Nothing is installed without a line that names it and its reason.
#   2. At a terminal it asks first; with `--yes`, or without a terminal, it doesn't.
#   3. System packages need root (or Homebrew). Without, it prints the command and goes on with what is there.
#   4. Nothing edits a shell profile. What only we need lies under one cache folder.

: "${HOME:?HOME is not set: it is where the cache goes}"

# The version that package.json pins; an older one cannot read the lock file as it was written.
bun_version=$(sed -n 's/.*"packageManager": *"bun@\([^"]*\)".*/\1/p' package.json)

if [ "$(uname -s)" = Darwin ]; then
  cache=${XDG_CACHE_HOME:-$HOME/Library/Caches}/system-bus
else
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/system-bus
fi

may_ask=yes
if [ ! -t 0 ] || [ ! -t 1 ]; then may_ask=no; fi

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# may_install WHAT WHY: says both, and asks where there is someone to ask.
may_install() {
  say "→ $1: $2"
  [ "$may_ask" = yes ] || return 0
  printf '  Install it now? [Y/n] ' >&2
  read -r reply || return 1
  case $reply in
    "" | [yY]*) return 0 ;;
    *) return 1 ;;
  esac
}

# is_at_least HAVE WANT: compares versions of three numbers.
is_at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    split(have, h, /[.+-]/); split(want, w, ".")
    for (i = 1; i <= 3; i++) if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0)
  }'
}

is_usable_bun() {
  [ -x "$1" ] && bun_found=$("$1" --version 2>/dev/null) && is_at_least "$bun_found" "$bun_version"
}

# Where Bun's own installer puts it, and bin/igs looks for it. A Bun that is there and too old is the person's to upgrade.
bun_home=${BUN_INSTALL:-$HOME/.bun}
if [ -e "$bun_home/bin/bun" ] && ! is_usable_bun "$bun_home/bin/bun"; then bun_home=$cache/bun-$bun_version; fi

# Sets `bun` to the first Bun that is new enough.
find_bun() {
  for bun in "$(command -v bun 2>/dev/null)" "$bun_home/bin/bun"; do
    if is_usable_bun "$bun"; then return 0; fi
  done
  return 1
}

install_bun() {
  mkdir -p "$bun_home/bin"
  if has npm; then
    # A project of its own, not `npm install -g`: that needs root, or `--prefix`, which loses the machine's npmrc.
    # npm may hold install scripts back; Bun's puts the program in place, so it is allowed by name, or run by hand.
    mkdir -p "$bun_home/npm"
    printf '{ "private": true, "allowScripts": { "bun": true } }\n' >"$bun_home/npm/package.json"
    (cd "$bun_home/npm" && npm install --no-save --no-fund --no-audit --no-update-notifier --loglevel=error "bun@$bun_version" >&2) || return 1
    ln -sf ../npm/node_modules/.bin/bun "$bun_home/bin/bun"
    is_usable_bun "$bun_home/bin/bun" || (cd "$bun_home/npm/node_modules/bun" && node install.js >&2)
  elif has curl && has bash; then
    # With SHELL=/bin/sh the installer prints its advice and edits no shell profile.
    curl -fsSL https://bun.com/install | BUN_INSTALL=$bun_home SHELL=/bin/sh bash -s "bun-v$bun_version" >&2
  else
    die "Bun $bun_version is missing, and so are npm and curl, with which it could be installed. See https://bun.com/docs/installation"
  fi
}

# Puts a Bun that is new enough first on the PATH (turbo looks for it there) and names it in `bun`.
ensure_bun() {
  if ! find_bun; then
    may_install "Bun $bun_version, into $bun_home" "it runs everything here" ||
      die "without Bun $bun_version nothing runs. Install it yourself (https://bun.com), then start this again"
    install_bun || die "Bun could not be installed"
    find_bun || die "Bun was installed into $bun_home but does not run there"
    say "  bin/igs finds it there. To type \`bun\` yourself: export PATH=\"$bun_home/bin:\$PATH\""
  fi
  PATH=$(dirname "$bun"):$PATH
  export PATH
}

# ensure_dependencies: `bun install`, skipped while the lock file and the manifests are those of the last time.
ensure_dependencies() {
  stamp=node_modules/.installed-for
  wanted=$(cat bun.lockb package.json apps/*/package.json packages/*/package.json tests/package.json bench/package.json | cksum)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return 0; fi
  say "→ the project's dependencies, into node_modules"
  "$bun" install --frozen-lockfile >&2 || die "bun install failed: see above"
  printf '%s\n' "$wanted" >"$stamp"
}

# ensure_packages WHY PACKAGE…: through apt as root, or Homebrew. Returns 1 where they could not be installed.
ensure_packages() {
  why=$1
  shift
  [ $# -gt 0 ] || return 0
  if has brew; then
    may_install "$* (with Homebrew)" "$why" || return 1
    brew install --quiet "$@" >&2
  elif has apt-get; then
    if [ "$(id -u)" != 0 ]; then
      say "→ $*: $why. Installing needs root, so this goes on without. To have it:"
      say "    sudo apt-get install $*"
      return 1
    fi
    may_install "$* (with apt)" "$why" || return 1
    apt_install "$@"
  else
    say "→ $*: $why. There is neither apt nor Homebrew here, so this goes on without: install it with your system's package program."
    return 1
  fi
}

# The package lists are fetched only when the first try fails for want of them: a minute saved on most machines.
apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return 0
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>"$cache/apt.log" && return 0
  say "apt could not install: $*"
  sed 's/^/  /' "$cache/apt.log" >&2
  return 1
}

# missing_packages PROGRAM:PACKAGE…: prints the packages whose program isn't on the PATH.
missing_packages() {
  for pair in "$@"; do
    if ! has "${pair%%:*}"; then printf '%s ' "${pair#*:}"; fi
  done
}

# /usr/sbin holds sshd and isn't on every person's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
mkdir -p "$cache" || die "the cache folder $cache cannot be made"
