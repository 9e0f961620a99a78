# shellcheck shell=bash
# Sourced by the scripts of this repository: messages, package groups, the build, small numbers.
# The caller sets `set -euo pipefail` and ROOT, the repository's folder.

if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
  BOLD=$'\e[1m' RED=$'\e[31m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
else
  BOLD='' RED='' YELLOW='' PLAIN=''
fi

# All messages go to stderr, so that stdout carries results only.
say() { printf '%s\n' "${BOLD}==>${PLAIN} $*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
warn() { printf '%s\n' "${YELLOW}warning:${PLAIN} $*" >&2; }

# fail MESSAGE [HINT [EXIT_CODE]]
fail() {
  printf '%s\n' "${RED}error:${PLAIN} $1" >&2
  if [[ -n ${2:-} ]]; then printf '%s\n' "hint: $2" >&2; fi
  exit "${3:-1}"
}

# need_value OPTION REMAINING_ARGUMENTS: a usage error where an option stands last, without its value.
need_value() {
  if (( $2 < 2 )); then fail "option $1 needs a value" "see --help" 2; fi
}

# need_number OPTION VALUE
need_number() {
  if [[ ! $2 =~ ^[0-9]+$ ]]; then fail "option $1 takes a whole number, not '$2'" "see --help" 2; fi
}

# relative PATH: as a person standing in the repository would write it.
relative() {
  case $1 in
    "$ROOT"/*) printf '%s' "${1#"$ROOT"/}" ;;
    *) printf '%s' "$1" ;;
  esac
}

# show_tail LOG [LINES]
show_tail() {
  printf -- '---- last lines of %s ----\n' "$(relative "$1")" >&2
  tail -n "${2:-40}" -- "$1" >&2 || true
  printf -- '----\n' >&2
}

install_packages() { "$ROOT/deploy/dev/install-packages" "$@"; }

# Compilers take up to 2 GiB each on our largest files: as many jobs as cores and memory allow.
build_jobs() {
  local cores memory_gib
  cores=$(nproc)
  memory_gib=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  local by_memory=$(( memory_gib / 2 ))
  if (( by_memory < 1 )); then by_memory=1; fi
  printf '%s' $(( cores < by_memory ? cores : by_memory ))
}

# Paths are written relative to the repository, so that another clone finds the same objects in the cache.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$ROOT}
export CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros,include_file_mtime,include_file_ctime}
export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}

# Reads ninja's output; shows `[done/total]` on one line on a terminal, every tenth otherwise.
show_build_progress() {
  local terminal=0
  if [[ -t 2 ]]; then terminal=1; fi
  awk -v terminal="$terminal" '
    match($0, /^\[[0-9]+\/[0-9]+\]/) {
      split(substr($0, 2, RLENGTH - 2), count, "/")
      percent = int(100 * count[1] / count[2])
      if (terminal) {
        printf "\r    building %d of %d (%d %%) ", count[1], count[2], percent > "/dev/stderr"
        fflush("/dev/stderr"); shown = 1
      } else if (int(percent / 10) > tenth) {
        tenth = int(percent / 10)
        printf "    building %d of %d\n", count[1], count[2] > "/dev/stderr"
      }
    }
    END { if (shown) printf "\n" > "/dev/stderr" }'
}

# build_preset PRESET [TARGET…]: configures and builds; quiet but for progress, the whole output in
# build/PRESET.log. Where only the program is wanted, what tests need may be missing.
build_preset() {
  local preset=$1 log="$ROOT/build/$1.log" started=$SECONDS
  shift
  mkdir -p "$ROOT/build"
  say "building preset $preset (log: $(relative "$log"))"
  local options=() folder="$ROOT/build/$preset"
  if [[ $* == waymark ]] && ! { [[ -f $folder/build.ninja ]] &&
       grep -q '^WAYMARK_TESTS:BOOL=ON' "$folder/CMakeCache.txt"; }; then
    options=(-DWAYMARK_TESTS=OFF -DWAYMARK_BENCH=OFF)
  fi
  if ! (cd "$ROOT" && cmake --preset "$preset" "${options[@]}") >"$log" 2>&1; then
    show_tail "$log"
    fail "configuring preset $preset failed" "the whole output is in $(relative "$log"); a stale cache goes away with: rm -r build/$preset"
  fi
  local arguments=(--build --preset "$preset" --parallel "$(build_jobs)")
  if (( $# > 0 )); then arguments+=(--target "$@"); fi
  if ! (cd "$ROOT" && cmake "${arguments[@]}") 2>&1 | tee -a "$log" | show_build_progress; then
    show_tail "$log" 60
    fail "building preset $preset failed" "the whole output is in $(relative "$log")"
  fi
  note "built in $(( SECONDS - started )) s"
}
