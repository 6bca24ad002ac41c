#!/bin/bash
# Record a few thousand calls through a real SIP proxy, all on loopback.
#
#   record.sh OUT_DIR        writes acc_cdrs.csv, acc_json.jsonl, truth.csv, agreement.txt
#
#   CALLS=3400 SEED=20261031 SECONDS_OF_CALLS=240   the plan (plan.py)
#   START="2026-10-31 23:57:30"                     the proxy's clock (UTC) when calls begin
#   KEEP=1                                          keep the work folder (capture, logs)
#
# Needs Debian's kamailio, kamailio-extra-modules, sip-tester, tcpdump and libfaketime,
# Python 3.11 and root. Takes five minutes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?usage: record.sh OUT_DIR}
mkdir -p "$out"
work=$(mktemp -d)
seconds=${SECONDS_OF_CALLS:-240}
start=${START:-2026-10-31 23:57:30}
export TZ=UTC LC_ALL=C

for tool in kamailio sipp tcpdump python3; do
    command -v $tool >/dev/null || { echo "record.sh: $tool is missing" >&2; exit 1; }
done
faketime=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -n 1 || true)
[ -n "$faketime" ] || { echo "record.sh: libfaketime is missing" >&2; exit 1; }

declare -a started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    if [ -n "${KEEP:-}" ]; then echo "work folder: $work"; else rm -rf "$work"; fi
}
trap finish EXIT

# SIPp at ADDRESS with SCENARIO: timers of 1 ms, errors in a file, an end in any case.
sipp_at() {
    local address=$1 scenario=$2
    shift 2
    exec timeout $((seconds + 180)) sipp 127.0.0.1:5060 -i "$address" -p 5060 -sf "$scenario" \
        -timer_resol 1 -nostdin -trace_err -error_file "$work/sipp-$address.err" "$@" >"$work/sipp-$address.out" 2>&1
}

# The plan, and empty db_text tables: acc_cdrs has Kamailio's columns, then those of cdr_extra.
python3 "$here/plan.py" "$work" --calls "${CALLS:-3400}" --seed "${SEED:-20261031}" --seconds "$seconds"
mkdir "$work/db"
echo "table_name(string) table_version(int)
acc:5
acc_cdrs:2
missed_calls:4" >"$work/db/version"
extra=$(sed -n 's/^#!define CDR_EXTRA "\(.*\)"/\1/p' "$here/kamailio.cfg" | sed 's/=[^;]*;\?/(string) /g')
echo "id(int,auto) start_time(int) end_time(int) duration(double) $extra" >"$work/db/acc_cdrs"

# The capture, on the machine's clock. The proxy alone runs on a clock set apart by
# whole seconds; truth.py adds the same to the times of the capture. It goes before other
# work on the machine, which would show as time between a message and its record.
tcpdump -i lo -s 0 -U --time-stamp-precision=micro -w "$work/capture.pcap" udp port 5060 2>"$work/tcpdump.log" &
started+=($!)
settle=3
shift_seconds=$(($(date -d "$start" +%s) - $(date +%s) - settle))
LD_PRELOAD=$faketime FAKETIME=$(printf '%+d' $shift_seconds) \
    FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 \
    chrt --rr 1 kamailio -DD -E -f "$here/kamailio.cfg" -A "DB_URL=\"text://$work/db\"" \
    -m 128 -w "$work" -Y "$work" -P "$work/kamailio.pid" >"$work/kamailio.log" 2>&1 &
kamailio=$!
started+=($kamailio)
sed 's/X-Plan:/X-Backup-Plan:/' "$here/gateway.xml" >"$work/backup.xml"
for address in 127.0.0.21 127.0.0.22 127.0.0.23; do
    sipp_at $address "$here/gateway.xml" &
    started+=($!)
done
sipp_at 127.0.0.24 "$work/backup.xml" &
started+=($!)
sleep $settle
kill -0 $kamailio 2>/dev/null || { cat "$work/kamailio.log" >&2; exit 1; }

# The customers: every call is begun in SIPp at once and waits there for its time.
declare -a customers=()
for plan in "$work"/calls-*.csv; do
    address=$(basename "$plan" .csv)
    address=${address#calls-}
    calls=$(($(wc -l <"$plan") - 1))
    [ $calls -gt 0 ] || continue
    sipp_at "$address" "$here/caller.xml" -inf "$plan" -m $calls -l $calls -r 2000 \
        -deadcall_wait 0 -cid_str "${SEED:-20261031}-%u@%s" &
    customers+=($!)
done
started+=("${customers[@]}")
now=$(date -d "@$(($(date +%s) + shift_seconds))" '+%F %T')
echo "calls begin, at $now UTC by the proxy's clock, set $shift_seconds s apart"
for pid in "${customers[@]}"; do
    wait "$pid" || { echo "record.sh: calls did not go by the plan, see sipp-*.err" >&2; KEEP=1; }
done

# Let the last records reach the log, then stop: db_text writes its tables on the way out.
sleep 3
kill $kamailio
wait $kamailio || true
kill "${started[0]}"
wait "${started[0]}" || true
cat "$work/tcpdump.log" >&2

python3 "$here/export.py" "$work/db/acc_cdrs" "$out/acc_cdrs.csv"
python3 "$here/export.py" --json "$work/kamailio.log" "$out/acc_json.jsonl"
python3 "$here/truth.py" "$work/capture.pcap" $shift_seconds "$out/truth.csv"
python3 "$here/agreement.py" "$out" | tee "$out/agreement.txt"
