# Sourced by scripts/start and scripts/test: a Bun that is new enough, the dependencies, and the console.
# Sets BUN to the binary; expects the repository as the working directory.

BUN_VERSION=1.4.4

fail() {
  echo "signalbox: $1" >&2
  exit 1
}

# True when the Bun at $1 runs and is at least BUN_VERSION.
is_recent_enough() {
  found=$("$1" --version 2>/dev/null) || return 1
  printf '%s\n' "$found" | awk -v least="$BUN_VERSION" '{
    split($1, have, /[.-]/); split(least, want, ".")
    for (i = 1; i <= 3; i++) {
      if (have[i] + 0 > want[i] + 0) exit 0
      if (have[i] + 0 < want[i] + 0) exit 1
    }
    exit 0
  }'
}

# The npm package that holds Bun for this machine.
bun_package() {
  case "$(uname -s)" in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *) fail "there is no Bun for $(uname -s) to install: install Bun $BUN_VERSION or newer (https://bun.sh)" ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) fail "there is no Bun for $(uname -m) to install: install Bun $BUN_VERSION or newer (https://bun.sh)" ;;
  esac
  libc=
  if [ "$system" = linux ] && ldd --version 2>&1 | grep -qi musl; then libc=-musl; fi
  baseline=
  if [ "$machine" = x64 ]; then
    if [ "$system" = linux ]; then
      grep -qw avx2 /proc/cpuinfo || baseline=-baseline
    else
      sysctl -n machdep.cpu.leaf7_features 2>/dev/null | grep -qi avx2 || baseline=-baseline
    fi
  fi
  echo "bun-$system-$machine$libc$baseline"
}

find_bun() {
  BUN=$(command -v bun || true)
  if [ -n "$BUN" ] && is_recent_enough "$BUN"; then return; fi
  package=$(bun_package)
  BUN="$PWD/.bun/node_modules/@oven/$package/bin/bun"
  if is_recent_enough "$BUN"; then return; fi
  command -v npm >/dev/null 2>&1 ||
    fail "neither Bun $BUN_VERSION nor npm is on PATH: install Bun (https://bun.sh) or Node.js with npm"
  echo "Installing Bun $BUN_VERSION into .bun" >&2
  # The package of the platform itself: the one named bun finds its binary in an install script.
  npm install --prefix .bun --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
    "@oven/$package@$BUN_VERSION" >&2 || fail "npm could not install @oven/$package@$BUN_VERSION: see above"
  is_recent_enough "$BUN" ||
    fail "the Bun that npm installed does not run here ($BUN): install Bun $BUN_VERSION or newer (https://bun.sh)"
}

install_dependencies() {
  mark=node_modules/.installed
  if cat package.json bun.lock | cmp -s - "$mark"; then return; fi
  echo "Installing dependencies" >&2
  "$BUN" install --frozen-lockfile >&2 || fail "the dependencies could not be installed: see above"
  cat package.json bun.lock >"$mark"
}

# Children call bun by its name, and tools that ask for node run on Bun where there is none.
put_bun_on_path() {
  PATH="$(dirname "$BUN"):$PATH"
  export PATH
}

# The console's files, where they are missing or older than what they are made from.
build_console() {
  built=web/dist/index.html
  if [ -f "$built" ] &&
    [ -z "$(find web/src web/index.html web/vite.config.ts bun.lock -newer "$built" | head -n 1)" ]; then
    return
  fi
  echo "Building the console" >&2
  "$BUN" scripts/buildConsole.ts >&2 ||
    echo "signalbox: the console could not be built (see above); everything else works" >&2
}

find_bun
put_bun_on_path
install_dependencies
[ -n "${WITHOUT_CONSOLE:-}" ] || build_console
