# shellcheck shell=bash disable=SC2034
# Sourced by app/run and tests/run: what they need of a Debian system, how it gets there, and how the project is built.

build_packages=(cmake g++ ninja-build ccache
  qt6-base-dev qt6-svg-dev libqscintilla2-qt6-dev libpq-dev libsqlite3-dev libmariadb-dev libfmt-dev nlohmann-json3-dev libcli11-dev
  libqt6svg6 libqt6sql6-mysql fonts-dejavu-core)
test_packages=(git postgresql mariadb-server mariadb-client sqlite3 python3 xvfb openbox xdotool)

# install_packages NAME...: installs those that are missing, saying so; exits 1 naming them when that is not possible.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    echo "This is not a Debian system. Should something be missing, install the equivalent of: $*" >&2
    return
  fi
  local missing
  missing=$(comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort -u) | xargs)
  [ -n "$missing" ] || return 0

  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    as_root=(sudo -n)
    if ! sudo -n true 2>/dev/null; then
      if ! command -v sudo >/dev/null || ! [ -t 0 ]; then
        printf '%s\n' "These packages are missing, and only root can install them:" "  $missing" \
          "As root: apt-get update && apt-get install $missing" >&2
        exit 1
      fi
      as_root=(sudo)
    fi
  fi
  echo "Installing with apt-get what is missing: $missing"
  local log
  log=$(mktemp)
  # shellcheck disable=SC2086  # one word per package
  if ! { "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
      install --no-install-recommends $missing; } </dev/null >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    printf '%s\n' "apt-get could not install these packages:" "  $missing" \
      "Install them by other means, then run this again." >&2
    exit 1
  fi
  rm -f "$log"
}

# build_project TOP FOLDER TYPE [TARGET...] [-- CMAKE OPTION...]: configures when needed, then builds; 1 when that failed.
# Options are given to CMake only when FOLDER is configured anew.
build_project() {
  local top=$1 folder=$2 type=$3 targets=() cache=$2/CMakeCache.txt generator=() log=$2/build.log target_options=()
  shift 3
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    targets+=("$1")
    shift
  done
  [ $# -eq 0 ] || shift
  export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$top} CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-time_macros}
  mkdir -p "$folder"
  # A folder that was configured in another place is of no use here.
  if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$cache"; then
    rm -rf "$cache" "$folder/CMakeFiles"
  fi
  if ! { [ -f "$folder/build.ninja" ] || [ -f "$folder/Makefile" ]; } || [ $# -gt 0 ] ||
    ! grep -qxF "CMAKE_BUILD_TYPE:STRING=$type" "$cache"; then
    [ -f "$cache" ] || ! command -v ninja >/dev/null || generator=(-G Ninja)
    echo "Configuring $type in $folder"
    "${guard[@]}" cmake -S "$top" -B "$folder" "${generator[@]}" -DCMAKE_BUILD_TYPE="$type" "$@" >"$log" 2>&1 || {
      cat "$log" >&2
      return 1
    }
  fi
  [ ${#targets[@]} -eq 0 ] || target_options=(--target "${targets[@]}")
  if [ -t 1 ]; then
    "${guard[@]}" cmake --build "$folder" -j "$(nproc)" "${target_options[@]}"
  else
    echo "Building $type in $folder (messages go to $log)"
    "${guard[@]}" cmake --build "$folder" -j "$(nproc)" "${target_options[@]}" >"$log" 2>&1 || {
      grep -vE '^-- |^\[[0-9]+/[0-9]+\] |^ninja: |^: && |^/[^ ]*(ccache|c\+\+) |^\[ *[0-9]+%\]' "$log" | head -n 200 >&2
      echo "The build failed; all of its output is in $log" >&2
      return 1
    }
  fi
}
# A caller that wants to be able to stop what it starts puts a command here that runs its arguments.
guard=(env)
