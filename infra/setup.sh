#!/bin/sh
# Sets System Bus up: fetches it where it isn't there, installs Bun and the dependencies, hands over to `igs setup`.
# `curl -fsSL …/infra/setup.sh | sh` runs it, and so does a checkout. `sh infra/setup.sh --help` says the rest.
#
# Rules:
#   1. It can be done twice, and after an interruption at any point: what is there whole stays, the rest is done.
#   2. A folder that it didn't make is used as it is, and never changed.
#   3. Nothing runs before the last line is read, so a download that was cut off runs nothing.
#   4. POSIX sh, and no program beyond git, or curl or wget with tar.
set -eu

# The one place that names where System Bus lies, and the version that this file belongs to.
default_repository=https://github.com/system-bus/system-bus.git
default_ref=v0.1.0

usage() {
  cat <<'TEXT'
Sets System Bus up: fetches it, installs Bun and the dependencies, hands over to `igs setup`.

  curl -fsSL ADDRESS/infra/setup.sh | sh
  curl -fsSL ADDRESS/infra/setup.sh | sh -s -- 2
  sh infra/setup.sh --tier 0 --yes

  0, 1, 2, 3, --tier N   0 the embedded engine, without Docker; 1 Inngest in a container, to try it;
                         2 Inngest in a container, to stay; 3 Inngest in Kubernetes
  --yes                  ask nothing: take what set-up proposes
  --repo ADDRESS         another repository: an address or a folder for git, or a .tar.gz (SYSTEM_BUS_REPO)
  --ref NAME             another tag, branch or commit (SYSTEM_BUS_REF)
  --dir FOLDER           where it goes, or where it is (SYSTEM_BUS_DIR; ~/.local/share/system-bus/checkout)
  --help                 this text

What follows the first other flag goes to `igs setup`: --work, --vault, --archive, --agents and the rest.
Done twice, or again after it was interrupted, it comes to the same.
TEXT
}

say() { printf '%s\n' "$*" >&2; }

# fail EXIT_CODE MESSAGE: the codes of docs/cli.md; 2 is a mistake in what was asked for, 3 something that is missing.
fail() {
  code=$1
  shift
  say "error: $*"
  exit "$code"
}

has() { command -v "$1" >/dev/null 2>&1; }

# On a Mac without Apple's tools git is there, and only says that it isn't.
has_git() { has git && git --version >/dev/null 2>&1; }

is_checkout() { [ -f "$1/bin/igs" ] && grep -q '"name": *"system-bus-monorepo"' "$1/package.json" 2>/dev/null; }

version_of() { sed -n 's/^ *"version": *"\([^"]*\)".*/\1/p' "$1/package.json" | head -n 1; }

# is_older ONE OTHER: of versions of three numbers.
is_older() {
  awk -v one="$1" -v other="$2" 'BEGIN {
    split(one, o, /[.+-]/); split(other, t, /[.+-]/)
    for (i = 1; i <= 3; i++) if (o[i] + 0 != t[i] + 0) exit !(o[i] + 0 < t[i] + 0)
    exit 1
  }'
}

read_arguments() {
  tier='' yes=no is_source_given=no
  repository=${SYSTEM_BUS_REPO:-} ref=${SYSTEM_BUS_REF:-} folder=${SYSTEM_BUS_DIR:-}
  while [ $# -gt 0 ]; do
    case $1 in
      --tier | --repo | --ref | --dir)
        [ $# -gt 1 ] || fail 2 "$1 wants a value. --help tells which."
        set_value "$1" "$2"
        shift
        ;;
      --tier=* | --repo=* | --ref=* | --dir=*) set_value "${1%%=*}" "${1#*=}" ;;
      --yes | -y) yes=yes ;;
      --help | -h) usage && exit 0 ;;
      --) shift && break ;;
      -*) break ;;
      *) set_value --tier "$1" ;;
    esac
    shift
  done
  rest_count=$#
  case $tier in "" | [0123]) ;; *) fail 2 "The tier is 0, 1, 2 or 3, not \"$tier\". Nothing was done." ;; esac
  case $ref in -* | *[!A-Za-z0-9._/-]*) fail 2 "\"$ref\" is no tag, branch or commit. Nothing was done." ;; esac
  case $repository in -*) fail 2 "\"$repository\" is no repository. Nothing was done." ;; esac
}

set_value() {
  case $1 in
    --tier) tier=$2 ;;
    --repo) repository=$2 is_source_given=yes ;;
    --ref) ref=$2 is_source_given=yes ;;
    --dir) folder=$2 ;;
  esac
}

# Sets `root` to the checkout that this file lies in.
find_own_checkout() {
  [ -f "$0" ] && root=$(CDPATH='' cd -P "$(dirname "$0")/.." 2>/dev/null && pwd) && is_checkout "$root"
}

# Whether one stands in a checkout of one's own: what lies in somebody else's folder is not run.
stands_in_checkout() {
  is_checkout . && [ -n "$(find package.json -prune -user "$(id -u)")" ]
}

# Fetches the repository to $folder. A folder that is there is whole, and the note in it says that it is ours, and
# what it is.
fetch_checkout() {
  : "${folder:=${XDG_DATA_HOME:-$HOME/.local/share}/system-bus/checkout}"
  case $folder in /*) ;; *) folder=$(pwd -P)/$folder ;; esac
  wanted="${repository:=$default_repository} ${ref:=$default_ref}"
  # Names that nobody else gives: what lies there is removed.
  note=$folder/.fetched new=$folder.system-bus-new old=$folder.system-bus-old
  if [ ! -e "$folder" ] && [ -d "$old" ]; then mv "$old" "$folder"; fi
  if is_checkout "$folder"; then
    if [ ! -f "$note" ] && [ "$is_source_given" = yes ]; then
      fail 2 "$folder was not made by this script, so it stays as it is: leave --repo and --ref out. Nothing was done."
    fi
    if [ ! -f "$note" ] || [ "$(cat "$note")" = "$wanted" ]; then return 0; fi
  elif [ -e "$folder" ]; then
    fail 2 "$folder is there and is no System Bus. Nothing was changed; name another folder with --dir."
  fi
  refuse_changed
  say "→ System Bus $ref, from $repository into $folder"
  rm -rf "$new"
  mkdir -p "$new" || fail 2 "$new cannot be made: name another folder with --dir."
  fetch_into "$new"
  if ! is_checkout "$new" || [ ! -f "$new/infra/setup.sh" ]; then
    fail 2 "$repository has no System Bus that can be set up at $ref. Nothing was changed."
  fi
  refuse_older
  printf '%s\n' "$wanted" >"$new/.fetched"
  rm -rf "$old"
  [ ! -e "$folder" ] || mv "$folder" "$old"
  mv "$new" "$folder"
  rm -rf "$old"
}

# What a person has changed in a folder of ours is not thrown away.
refuse_changed() {
  if [ ! -d "$folder/.git" ]; then return 0; fi
  has_git || fail 3 "git is not installed, and $folder may hold changes of yours. $how_to_install git"
  changes=$(git -C "$folder" status --porcelain) || fail 3 "git can't tell whether $folder has changes of yours: see above. Nothing was changed."
  [ -z "$changes" ] || fail 2 "$folder has changes of yours, so it stays at its version. Nothing was changed. Put them away, or run infra/setup.sh in it to go on with what is there."
}

refuse_older() {
  is_checkout "$folder" || return 0
  if is_older "$(version_of "$new")" "$(version_of "$folder")"; then
    is=$(version_of "$folder") would_be=$(version_of "$new")
    rm -rf "$new"
    fail 2 "$folder has version $is, and $ref is $would_be: going back is refused, its state would not be understood. Nothing was changed."
  fi
}

fetch_into() {
  case $repository in
    *.tar.gz | *.tgz) fetch_archive "$repository" "$1" ;;
    *)
      if has_git; then
        fetch_git "$1"
      else
        case $repository in
          https://github.com/*) fetch_archive "${repository%.git}/archive/$ref.tar.gz" "$1" ;;
          *) fail 3 "git is not installed, and $repository can't be had without. $how_to_install git" ;;
        esac
      fi
      ;;
  esac
}

how_to_install='Install it (Debian: apt-get install, Fedora: dnf install, macOS: xcode-select --install):'

# A tag, a branch or a commit: `clone --branch` takes no commits. It never asks for a password.
fetch_git() {
  (
    export GIT_TERMINAL_PROMPT=0
    cd "$1" && git init --quiet && git remote add origin "$repository" &&
      git fetch --quiet --depth 1 origin "$ref" && git checkout --quiet --detach FETCH_HEAD
  ) </dev/null >&2 || fail 3 "$ref of $repository could not be fetched: see above. Nothing was changed."
}

# To a file first: a download that is cut off must not become half a checkout.
fetch_archive() {
  archive=$2/.archive.tar.gz
  has tar || fail 3 "tar is not installed. $how_to_install tar"
  case $1 in
    *://*)
      if has curl; then
        curl -fsSL --retry 3 -o "$archive" "$1" </dev/null
      elif has wget; then
        wget -q -O "$archive" "$1" </dev/null
      else
        fail 3 "Neither git nor curl nor wget is installed, and one of them has to fetch System Bus. $how_to_install git"
      fi || fail 3 "$1 could not be fetched: see above. Nothing was changed."
      ;;
    *) cp "$1" "$archive" || fail 3 "$1 is not there. Nothing was changed." ;;
  esac
  tar -xzf "$archive" -C "$2" --strip-components 1 || fail 3 "$1 is damaged: see above. Nothing was changed."
  rm -f "$archive"
}

has_terminal() { [ -t 1 ] && (: </dev/tty) 2>/dev/null; }

# Goes on with the file of the checkout that was fetched: the two belong together. A person answers at the terminal,
# also where standard input is this file.
continue_there() {
  set -- -- "$@"
  [ "$yes" = no ] || set -- --yes "$@"
  [ -z "$tier" ] || set -- --tier "$tier" "$@"
  unset SYSTEM_BUS_REPO SYSTEM_BUS_REF SYSTEM_BUS_DIR
  if [ -t 0 ]; then exec sh "$folder/infra/setup.sh" "$@"; fi
  if has_terminal; then exec sh "$folder/infra/setup.sh" "$@" </dev/tty; fi
  exec sh "$folder/infra/setup.sh" "$@" </dev/null
}

# igs and slog on the PATH; what a person has there under these names stays.
link_commands() {
  bin=$HOME/.local/bin
  mkdir -p "$bin"
  for command in igs slog; do
    link=$bin/$command
    if [ -L "$link" ]; then
      case $(readlink "$link") in */bin/igs) ln -sf "$root/bin/igs" "$link" ;; esac
    elif [ ! -e "$link" ]; then
      ln -s "$root/bin/igs" "$link"
    fi
  done
  case :$PATH: in
    *:"$bin":*) ;;
    *) say "  igs is in $bin. To type \`igs\` alone: export PATH=\"$bin:\$PATH\"" ;;
  esac
}

refuse_source() {
  [ "$is_source_given" = no ] || fail 2 "$1 is a checkout already: --repo and --ref are for where there is none. Nothing was done."
}

set_up() {
  refuse_source "$root"
  cd "$root"
  # shellcheck source=bin/prepare.sh
  . bin/prepare.sh
  [ "$yes" = no ] || may_ask=no
  ensure_bun
  ensure_dependencies
  link_commands
  if [ "$yes" = no ] && { [ ! -t 0 ] || [ ! -t 1 ]; }; then
    yes=yes
    say "→ nobody is at a terminal to answer, so set-up takes what it proposes. To choose: --tier 0|1|2|3, --help"
  fi
  [ "$yes" = no ] || set -- --yes "$@"
  [ -z "$tier" ] || set -- --tier "$tier" "$@"
  # The Bun that was found, also where another is first on the PATH.
  BUN=$bun
  export BUN
  exec bin/igs setup "$@"
}

main() {
  [ -n "${HOME:-}" ] || fail 2 "HOME is not set: it is where everything goes."
  trap 'say "Interrupted. The same command goes on where this one was."; exit 130' INT TERM HUP
  read_arguments "$@"
  while [ $# -gt "$rest_count" ]; do shift; done
  # A folder that is named wins over the one that one stands in.
  if [ -z "$folder" ] && find_own_checkout; then set_up "$@"; fi
  if [ -z "$folder" ] && stands_in_checkout; then
    folder=$(pwd -P)
    refuse_source "$folder"
  else
    fetch_checkout
  fi
  continue_there "$@"
}

{
  main "$@"
  exit
}
