# infra/setup.sh, from outside. Run by tests/checks/setup-script.test.ts, once with each shell: SETUP_SHELL.
#
# Real: git, curl, tar, Bun, and a repository to fetch, which holds the script, bin/prepare.sh and manifests
# without dependencies. Stood in for: `igs`, which writes down how it was called.

setup_file() {
  export checkout=${BATS_TEST_DIRNAME%/tests/setup-script}
  export repo=$BATS_FILE_TMPDIR/repo
  export site=$BATS_FILE_TMPDIR/site
  export real_bun=${REAL_BUN:-$(command -v bun)}
  # A PATH of a test's own need not lead to it.
  SETUP_SHELL=$(command -v "$SETUP_SHELL")
  export SETUP_SHELL
  make_repository
}

make_repository() {
  mkdir -p "$repo/bin" "$repo/infra" "$repo/apps/igs" "$repo/packages/one" "$repo/tests" "$repo/bench" "$site"
  cp "$checkout/infra/setup.sh" "$repo/infra/"
  cp "$checkout/bin/prepare.sh" "$repo/bin/"
  cat >"$repo/bin/igs" <<'TEXT'
#!/bin/sh
tty=no; if [ -t 0 ]; then tty=yes; fi
printf '%s\n' "igs $*" >>"$HOME/calls"
printf '%s\n' "in $PWD, terminal $tty, bun $("$BUN" --version)" >>"$HOME/circumstances"
exit "${IGS_EXIT:-0}"
TEXT
  chmod +x "$repo/bin/igs"
  cp "$checkout/.gitignore" "$repo/"
  for name in apps/igs packages/one tests bench; do
    printf '{ "name": "fixture-%s" }\n' "$(basename "$name")" >"$repo/$name/package.json"
  done
  write_version 0.1.0
  (cd "$repo" && BUN_INSTALL_CACHE_DIR=$BATS_FILE_TMPDIR/cache "$real_bun" install --silent)
  rm -rf "$repo/node_modules"
  git -C "$repo" init --quiet --initial-branch main
  commit_as v0.1.0
  write_version 0.2.0
  commit_as v0.2.0
  git -C "$repo" archive --prefix repo/ -o "$site/v0.1.0.tar.gz" v0.1.0
}

write_version() {
  pinned=$(sed -n 's/.*"packageManager": *"\([^"]*\)".*/\1/p' "$checkout/package.json")
  cat >"$repo/package.json" <<TEXT
{
  "name": "system-bus-monorepo",
  "version": "$1",
  "private": true,
  "packageManager": "$pinned"
}
TEXT
}

commit_as() {
  git -C "$repo" add -A
  git -C "$repo" -c user.name=a -c user.email=a@example.org commit --quiet -m "$1"
  git -C "$repo" tag "$1"
}

setup() {
  export HOME=$BATS_TEST_TMPDIR/home
  export tools=$BATS_TEST_TMPDIR/tools
  mkdir -p "$HOME" "$tools"
  # Bun where its installer puts it: this machine may have it anywhere.
  mkdir -p "$HOME/.bun/bin"
  ln -s "$real_bun" "$HOME/.bun/bin/bun"
  export PATH=$tools:/usr/local/bin:/usr/bin:/bin
  unset BUN_INSTALL XDG_CACHE_HOME XDG_DATA_HOME SYSTEM_BUS_DIR SYSTEM_BUS_REF
  export SYSTEM_BUS_REPO=$repo
  managed=$HOME/.local/share/system-bus/checkout
  cd "$BATS_TEST_TMPDIR"
}

# As `curl … | sh` does it.
piped() { "$SETUP_SHELL" -s -- "$@" <"$checkout/infra/setup.sh"; }

calls() { cat "$HOME/calls" 2>/dev/null || true; }

# Everything under the home but caches, git's own records and what the stand-in of igs wrote.
end_state() {
  (cd "$HOME" && find . \( -path './.cache' -o -path './.bun' -o -name .git -o -name calls -o -name circumstances -o -name .installed-for \) -prune -o -print |
    sort | while read -r path; do
    if [ -L "$path" ]; then
      printf '%s -> %s\n' "$path" "$(readlink "$path" | sed "s|$HOME|HOME|")"
    elif [ -f "$path" ]; then
      printf '%s %s\n' "$path" "$(cksum <"$path")"
    else
      printf '%s\n' "$path"
    fi
  done)
}

# A PATH with these programs and nothing else.
only_with() {
  for name in sh cat grep sed awk head dirname basename mkdir mv rm ln ls readlink find id uname cksum chmod cp "$@"; do
    ln -sf "$(PATH=/usr/bin:/bin command -v "$name")" "$tools/$name"
  done
  export PATH=$tools
}

@test "fetches the pinned version, installs, hands over" {
  run piped --tier 0 --yes
  [ "$status" -eq 0 ]
  [ "$(calls)" = "igs setup --tier 0 --yes" ]
  grep -q '"version": "0.1.0"' "$managed/package.json"
  grep -q "^in $managed, terminal no," "$HOME/circumstances"
  [ "$(readlink "$HOME/.local/bin/igs")" = "$managed/bin/igs" ]
  [ "$(readlink "$HOME/.local/bin/slog")" = "$managed/bin/igs" ]
}

@test "a number alone is the tier, and other flags reach igs setup as they are" {
  run piped 2 --vault "$HOME/my notes" --work agents
  [ "$status" -eq 0 ]
  [ "$(calls)" = "igs setup --tier 2 --yes --vault $HOME/my notes --work agents" ]
  run piped --yes -- --start none
  [ "$(calls | tail -n 1)" = "igs setup --yes --start none" ]
}

@test "without a terminal it takes what is proposed, and says so" {
  run piped --tier=1
  [ "$status" -eq 0 ]
  [[ $output == *"nobody is at a terminal"* ]]
  [ "$(calls)" = "igs setup --tier 1 --yes" ]
}

@test "twice comes to the same, and fetches once" {
  piped 0
  first=$(end_state)
  run piped 0
  [ "$status" -eq 0 ]
  [[ $output != *"into $managed"* ]]
  [ "$(end_state)" = "$first" ]
}

@test "interrupted at any step and run again, it comes to the same" {
  piped 0 >/dev/null 2>&1
  wanted=$(end_state)
  # While it fetches, before and after the folder is in its place, while Bun installs, between the links.
  for moment in "git 2" "git 4" "git 5" "mkdir 1" "mv 1" "bun 2" "ln 1" "ln 2"; do
    rm -rf "$HOME/.local" "$HOME/.cache" "$tools"
    interrupt_at "${moment% *}" "${moment#* }"
    # Of the shell's own word on who was killed nothing is to be seen.
    { piped 0; } >/dev/null 2>&1 || true
    [ -f "$BATS_TEST_TMPDIR/was-interrupted" ] || { echo "never came to $moment" && false; }
    rm -rf "$tools" "$HOME/.bun/bin/bun"
    ln -s "$real_bun" "$HOME/.bun/bin/bun"
    run piped 0
    [ "$status" -eq 0 ] || { echo "$moment: $output" && false; }
    [ "$(end_state)" = "$wanted" ] || { echo "$moment" && diff <(echo "$wanted") <(end_state); }
  done
}

# interrupt_at PROGRAM COUNT: at its COUNTth call it is done, and whoever called it is killed, as by a power cut.
interrupt_at() {
  mkdir -p "$tools"
  rm -f "$BATS_TEST_TMPDIR/was-interrupted" "$BATS_TEST_TMPDIR/count"
  real=$(PATH=/usr/bin:/bin command -v "$1") || real=$real_bun
  wrapper=$tools/$1
  if [ "$1" = bun ]; then rm -f "$HOME/.bun/bin/bun" && wrapper=$HOME/.bun/bin/bun; fi
  cat >"$wrapper" <<TEXT
#!/bin/sh
echo >>"$BATS_TEST_TMPDIR/count"
"$real" "\$@" || exit
if [ \$(wc -l <"$BATS_TEST_TMPDIR/count") -eq $2 ]; then
  : >"$BATS_TEST_TMPDIR/was-interrupted"
  kill -KILL \$PPID
fi
TEXT
  chmod +x "$wrapper"
}

@test "a download that was cut off runs nothing" {
  size=$(wc -c <"$checkout/infra/setup.sh")
  # Each byte of the end, and places all over the rest.
  for cut in $(seq $((size / 12)) $((size / 12)) $((size - 40))) $(seq $((size - 34)) $((size - 2))); do
    head -c "$cut" "$checkout/infra/setup.sh" | "$SETUP_SHELL" -s -- 0 >/dev/null 2>&1 || true
    [ ! -e "$HOME/.local" ] && [ ! -e "$HOME/calls" ] || { echo "cut at $cut of $size" && false; }
  done
}

@test "in a checkout it uses that one, and changes nothing in it" {
  git clone --quiet --branch v0.1.0 "$repo" mine 2>/dev/null
  run "$SETUP_SHELL" mine/infra/setup.sh 0
  [ "$status" -eq 0 ]
  cd mine
  run piped 0
  [ "$status" -eq 0 ]
  [ "$(grep -c "^in $BATS_TEST_TMPDIR/mine," "$HOME/circumstances")" -eq 2 ]
  [ ! -e "$managed" ]
  [ -z "$(git status --porcelain)" ]
  run "$SETUP_SHELL" infra/setup.sh --ref v0.2.0
  [ "$status" -eq 2 ]
  [[ $output == *"is a checkout already"* ]]
}

@test "--dir names a checkout that is there, or where it goes" {
  git clone --quiet --branch v0.1.0 "$repo" "a b" 2>/dev/null
  run piped 0 --dir "a b"
  [ "$status" -eq 0 ]
  grep -q "^in $BATS_TEST_TMPDIR/a b," "$HOME/circumstances"
  run piped 0 --dir "a b" --ref v0.2.0
  [ "$status" -eq 2 ]
  [[ $output == *"not made by this script"* ]]
  SYSTEM_BUS_DIR="$BATS_TEST_TMPDIR/new" run piped 0
  [ "$status" -eq 0 ]
  grep -q '"version": "0.1.0"' new/package.json
}

@test "another version takes the place of the one that it fetched, and going back is refused" {
  piped 0
  run piped 0 --ref v0.2.0
  [ "$status" -eq 0 ]
  grep -q '"version": "0.2.0"' "$managed/package.json"
  [ "$(ls "${managed%/*}")" = checkout ]
  before=$(end_state)
  run piped 0 --ref v0.1.0
  [ "$status" -eq 2 ]
  [[ $output == *"going back is refused"* ]]
  [ "$(end_state)" = "$before" ]
}

@test "what a person changed in it is not thrown away" {
  piped 0
  echo mine >"$managed/bin/mine"
  run piped 0 --ref v0.2.0
  [ "$status" -eq 2 ]
  [[ $output == *"changes of yours"* ]]
  [ -f "$managed/bin/mine" ]
  grep -q '"version": "0.1.0"' "$managed/package.json"
}

@test "a commit is a version, too" {
  run piped 0 --ref "$(git -C "$repo" rev-parse v0.2.0)"
  [ "$status" -eq 0 ]
  grep -q '"version": "0.2.0"' "$managed/package.json"
}

@test "from an archive, without git" {
  only_with tar gzip
  run piped 0 --repo "$site/v0.1.0.tar.gz"
  [ "$status" -eq 0 ]
  grep -q '"version": "0.1.0"' "$managed/package.json"
  [ ! -e "$managed/.archive.tar.gz" ]
}

@test "an archive from an address, with curl" {
  only_with tar gzip curl
  run piped 0 --repo "$SITE_URL/v0.1.0.tar.gz"
  [ "$status" -eq 0 ]
  [ "$(calls)" = "igs setup --tier 0 --yes" ]
}

@test "an archive from an address, with wget" {
  PATH=/usr/bin:/bin command -v wget >/dev/null || skip "there is no wget here"
  only_with tar gzip wget
  run piped 0 --repo "$SITE_URL/v0.1.0.tar.gz"
  [ "$status" -eq 0 ]
  [ "$(calls)" = "igs setup --tier 0 --yes" ]
}

@test "an archive that is cut off, damaged or not there changes nothing" {
  only_with tar gzip curl
  head -c 900 "$site/v0.1.0.tar.gz" >"$BATS_TEST_TMPDIR/cut.tar.gz"
  run piped 0 --repo "$BATS_TEST_TMPDIR/cut.tar.gz"
  [ "$status" -eq 3 ]
  [[ $output == *"is damaged"* ]]
  run piped 0 --repo "$SITE_URL/cut-off.tar.gz"
  [ "$status" -eq 3 ]
  run piped 0 --repo "$SITE_URL/nothing.tar.gz"
  [ "$status" -eq 3 ]
  [[ $output == *"could not be fetched"* ]]
  [ ! -e "$managed" ] && [ -z "$(calls)" ]
}

@test "without git, curl and wget it says what to install" {
  only_with tar gzip
  SYSTEM_BUS_REPO=https://github.com/example/example.git run piped 0
  [ "$status" -eq 3 ]
  [[ $output == *"Neither git nor curl nor wget is installed"* ]]
  SYSTEM_BUS_REPO=$repo run piped 0
  [ "$status" -eq 3 ]
  [[ $output == *"git is not installed"* ]]
}

@test "a git that is only Apple's advice counts as none" {
  only_with tar gzip
  printf '#!/bin/sh\necho "xcode-select: note: no developer tools were found" >&2\nexit 1\n' >"$tools/git"
  chmod +x "$tools/git"
  run piped 0 --repo "$site/v0.1.0.tar.gz"
  [ "$status" -eq 0 ]
}

@test "without Bun it installs the pinned one with npm, into the home" {
  rm "$HOME/.bun/bin/bun"
  only_with git touch
  cat >"$tools/npm" <<TEXT
#!/bin/sh
printf '%s\n' "npm \$*" >>"$HOME/npm-calls"
mkdir -p node_modules/.bin && ln -s "$real_bun" node_modules/.bin/bun
TEXT
  chmod +x "$tools/npm"
  run piped 0
  [ "$status" -eq 0 ]
  grep -q "bun@$(sed -n 's/.*"bun@\([^"]*\)".*/\1/p' "$checkout/package.json")$" "$HOME/npm-calls"
  grep -q "terminal no, bun [0-9]" "$HOME/circumstances"
}

@test "without Bun, npm and curl it says where to get Bun" {
  rm "$HOME/.bun/bin/bun"
  only_with git
  run piped 0
  [ "$status" -eq 1 ]
  [[ $output == *"https://bun.com/docs/installation"* ]]
  [ -z "$(calls)" ]
}

@test "a repository, a version or a folder that can't be had is named, and nothing is changed" {
  run piped 0 --ref v9.9.9
  [ "$status" -eq 3 ]
  [[ $output == *"v9.9.9 of $repo could not be fetched"* ]]
  git init --quiet other
  git -C other -c user.name=a -c user.email=a@example.org commit --quiet --allow-empty -m a
  run piped 0 --repo "$BATS_TEST_TMPDIR/other" --ref HEAD
  [ "$status" -eq 2 ]
  [[ $output == *"has no System Bus"* ]]
  mkdir full && touch full/file
  run piped 0 --dir "$BATS_TEST_TMPDIR/full"
  [ "$status" -eq 2 ]
  [[ $output == *"is no System Bus"* ]]
  touch plain
  run piped 0 --dir "$BATS_TEST_TMPDIR/plain/x"
  [ "$status" -ne 0 ]
  [ -z "$(calls)" ] && [ ! -e "$managed" ]
}

@test "a mistake in what is asked for is told before anything is done" {
  for words in "4" "--tier 7" "--tier" "one" "--ref -x" "--repo --upload-pack=x" "--ref a;b"; do
    # shellcheck disable=SC2086 # The words of a command line.
    run piped $words
    [ "$status" -eq 2 ] || { echo "$words: $output" && false; }
    [[ $output == error:* ]]
  done
  HOME='' run piped 0
  [ "$status" -eq 2 ]
  [ ! -e "$HOME/.local" ] && [ -z "$(calls)" ]
}

@test "--help says how to use it" {
  run piped --help
  [ "$status" -eq 0 ]
  [[ $output == *"curl -fsSL ADDRESS/infra/setup.sh | sh"* ]]
  [ ! -e "$HOME/.local" ]
}

@test "ends as igs setup ends" {
  IGS_EXIT=3 run piped 0
  [ "$status" -eq 3 ]
}

@test "a program of the person's under the name igs stays" {
  mkdir -p "$HOME/.local/bin"
  echo mine >"$HOME/.local/bin/igs"
  ln -s /elsewhere/bin/slog "$HOME/.local/bin/slog"
  piped 0
  [ "$(readlink "$HOME/.local/bin/slog")" = /elsewhere/bin/slog ]
  # One that leads to another checkout is ours.
  ln -sf /elsewhere/bin/igs "$HOME/.local/bin/slog"
  run piped 0
  [ "$status" -eq 0 ]
  [ "$(cat "$HOME/.local/bin/igs")" = mine ]
  [ "$(readlink "$HOME/.local/bin/slog")" = "$managed/bin/igs" ]
}
