# Sourced by script/test and script/test-long: runs steps, keeps their logs, counts what they report.
#
#   step NAME COMMAND...       # counted by its exit code alone; 77: it could not run here
#   ctest_step NAME KIND       # counts the GoogleTest cases of build/KIND
#   node_step NAME FOLDER      # counts the tests of `node --test` in its *.test.mjs
#   finish                     # prints the totals; exit code 1 if anything failed
#
# BASALT_STEPS limits a run to steps whose name matches that extended regular expression.

passed=0
failed=0
skipped=0
failures=()
logs=build/test-logs
mkdir -p "$logs"

# Debian's RocksDB carries no sanitizer annotations, so container overflow would be reported for its containers; and
# leaks are looked for at exit.
export ASAN_OPTIONS=detect_container_overflow=0:detect_leaks=1:abort_on_error=0:${ASAN_OPTIONS:-}
export UBSAN_OPTIONS=print_stacktrace=1:${UBSAN_OPTIONS:-}
# What Debian's RocksDB does inside is not instrumented: only our own accesses are looked at.
export TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/support/tsan.supp:${TSAN_OPTIONS:-}

wanted() { [[ -z ${BASALT_STEPS:-} || $1 =~ ${BASALT_STEPS} ]]; }

count() {  # NAME PASSED FAILED SKIPPED SECONDS
  passed=$((passed + $2))
  failed=$((failed + $3))
  skipped=$((skipped + $4))
  printf '%-28s %5d passed %3d failed %3d skipped  %4d s\n' "$1" "$2" "$3" "$4" "$5"
  if [ "$3" -gt 0 ]; then
    failures+=("$1")
    # The TAP logs of node_step are long; it has printed their failures already.
    if ! grep -aq '^TAP version' "$logs/$1.log"; then
      echo "---- end of $logs/$1.log"
      tail -n "${BASALT_LOG_LINES:-60}" "$logs/$1.log"
      echo "----"
    fi
  fi
}

# What was skipped says why, on lines of its own that begin with SKIPPED.
show_skips() { grep -ahoE 'SKIPPED: .*|# SKIP .*' "$logs/$1.log" | sed -E 's/^# SKIP (SKIPPED: )?/SKIPPED: /' | sort -u || true; }

sum() { awk '{ total += $1 } END { print total + 0 }'; }

step() {
  local name=$1 start=$SECONDS
  shift
  wanted "$name" || return 0
  "$@" >"$logs/$name.log" 2>&1
  case $? in
    0) count "$name" 1 0 0 $((SECONDS - start)) ;;
    77) count "$name" 0 0 1 $((SECONDS - start)) ;;
    *) count "$name" 0 1 0 $((SECONDS - start)) ;;
  esac
  show_skips "$name"
}

ctest_step() {
  local name=$1 kind=$2 start=$SECONDS code=0 p f s
  wanted "$name" || return 0
  ctest --test-dir "build/$kind" --verbose --parallel 2 --timeout 600 >"$logs/$name.log" 2>&1 || code=$?
  p=$(grep -aoP '\[  PASSED  \] \K\d+(?= tests?\.)' "$logs/$name.log" | sum)
  f=$(grep -aoP '\[  FAILED  \] \K\d+(?= tests?, listed below)' "$logs/$name.log" | sum)
  s=$(grep -aoP '\[  SKIPPED \] \K\d+(?= tests?, listed below)' "$logs/$name.log" | sum)
  # A program that died counts as one failure even if no case of it was reported.
  if [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  if [ "$p" -eq 0 ] && [ "$f" -eq 0 ]; then f=1; echo "no tests were found" >>"$logs/$name.log"; fi
  count "$name" "$p" "$f" "$s" $((SECONDS - start))
}

node_step() {
  local name=$1 folder=$2 start=$SECONDS code=0 p f s
  wanted "$name" || return 0
  timeout --kill-after=10 "${BASALT_NODE_TIMEOUT_S:-1800}" node --test --test-reporter=tap "$folder"/*.test.mjs >"$logs/$name.log" 2>&1 || code=$?
  p=$(grep -aoP '^# pass \K\d+' "$logs/$name.log" | tail -1)
  f=$(grep -aoP '^# fail \K\d+' "$logs/$name.log" | tail -1)
  s=$(grep -aoP '^# skipped \K\d+' "$logs/$name.log" | tail -1)
  local cancelled
  cancelled=$(grep -aoP '^# cancelled \K\d+' "$logs/$name.log" | tail -1)
  p=${p:-0} s=${s:-0} f=$((${f:-0} + ${cancelled:-0}))
  if [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  if [ "$p" -eq 0 ] && [ "$f" -eq 0 ] && [ "$s" -eq 0 ]; then f=1; fi
  if [ "$f" -gt 0 ]; then grep -anE -A 12 '^ *not ok' "$logs/$name.log" | grep -avE 'duration_ms|failureType|^[0-9]+- +---|^--$' | head -n 120; fi
  count "$name" "$p" "$f" "$s" $((SECONDS - start))
  show_skips "$name"
}

# Each fuzzer for some seconds over its committed corpus; what it finds new stays in build/, not in the repository.
fuzz_step() {
  local seconds=$1 source fuzzer found=0
  for source in $(find src -name '*_fuzz.cc' | sort); do
    found=1
    fuzzer=$(basename "$source" .cc)
    mkdir -p "build/fuzz/$fuzzer"
    local corpora=("build/fuzz/$fuzzer")
    [ -d "tests/corpus/$fuzzer" ] && corpora+=("tests/corpus/$fuzzer")
    step "$fuzzer" "build/asan/$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
      -artifact_prefix="build/fuzz/$fuzzer-" "${corpora[@]}"
  done
  [ $found = 1 ] || step fuzzers false
}

finish() {
  if [ ${#failures[@]} -gt 0 ]; then echo "failed: ${failures[*]} (logs in $logs/)"; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}
