#!/usr/bin/env bash
# Two people talk through Confer: sign in, history, send, receive, receipt.
# shell.sh [URL [EMAIL PASSWORD [OTHER_EMAIL OTHER_PASSWORD]]]; needs curl, and wscat (npm install --global wscat).
set -euo pipefail

url=${1:-${CONFER_URL:-http://127.0.0.1:3000}}
email=${2:-${CONFER_EMAIL:-hale@demo.confer}}
password=${3:-${CONFER_PASSWORD:-confer-demo}}
other_email=${4:-${CONFER_OTHER_EMAIL:-okafor@demo.confer}}
other_password=${5:-${CONFER_OTHER_PASSWORD:-confer-demo}}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}
command -v curl >/dev/null || fail "curl is missing"
command -v wscat >/dev/null || fail "wscat is missing: npm install --global wscat"

folder=$(mktemp -d)
listeners=()
clean_up() {
  [ ${#listeners[@]} = 0 ] || kill "${listeners[@]}" 2>/dev/null || true
  rm -rf -- "$folder"
}
trap clean_up EXIT

# A part of the JSON on stdin, such as .access; of nothing, where it was said already what went wrong, nothing.
# Whoever has wscat has Node.
part() { node -e "const text = require('fs').readFileSync(0, 'utf8');
  if (text) console.log(JSON.parse(text)$1); else process.exitCode = 1"; }
# A JSON object of names and texts.
object() {
  node -p 'const [...of] = process.argv.slice(1), made = {};
    while (of.length) made[of.shift()] = of.shift();
    JSON.stringify(made)' -- "$@"
}

# What a call answers; anything but success ends the program with what the server said.
call() { # METHOD PATH TOKEN [BODY]
  local answer status
  local with=(-sS -X "$1" -w '\n%{http_code}' -H 'Content-Type: application/json')
  [ -z "$3" ] || with+=(-H "Authorization: Bearer $3")
  [ -z "${4:-}" ] || with+=(-d "$4")
  answer=$(curl "${with[@]}" "$url$2") || fail "$url cannot be reached"
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  case $status in 2*) printf '%s\n' "$answer" ;; *) fail "$1 $2 was answered with $status: $answer" ;; esac
}

# Opens the socket for somebody and writes what it hears into a file, one frame a line.
listen() { # TOKEN FILE
  # wscat listens as long as its stdin is open: a minute at most.
  sleep 60 | wscat --connect "ws${url#http}/ws" --subprotocol confer.v1 --header "Authorization: Bearer $1" \
    --execute '{"resume":{"epoch":null,"rooms":[]}}' --wait -1 >"$2" 2>"$2.error" &
  listeners+=("$(jobs -p %+)")
}
# The first frame in a file that holds all these words; five seconds at most.
hear() { # FILE WHAT WORD...
  local file=$1 what=$2 word found
  shift 2
  for _ in $(seq 50); do
    found=$(cat "$file")
    for word in "$@"; do found=$(grep -F -- "$word" <<<"$found" || true); done
    if [ -n "$found" ]; then
      head -1 <<<"$found"
      return
    fi
    sleep 0.1
  done
  fail "$what was not heard within five seconds. $(cat "$file.error")"
}

# Sign in. An access token lasts 15 minutes; POST /api/token/refresh/ gets the next one.
mine=$(call POST /api/token/ "" "$(object email "$email" password "$password")" | part .access)
theirs=$(call POST /api/token/ "" "$(object email "$other_email" password "$other_password")" | part .access)
me=$(call GET /api/v1/me "$mine" | part .id)
other=$(call GET /api/v1/me "$theirs" | part .id)
echo "signed in: $email is number $me, $other_email is number $other"

# The one room of these two, which is made if there is none.
room=$(call POST /api/v1/rooms "$mine" "{\"kind\":\"direct\",\"with\":$other}" | part .id)

# History: the newest page, oldest first. ?before=SEQ gets the one before it.
echo "history of room $room:"
# shellcheck disable=SC2016 # what is in quotes is for Node
call GET "/api/v1/rooms/$room/messages?limit=5" "$mine" |
  part '.messages.map((one) => `  ${one.seq}  ${one.sent_at}  ${one.sender}: ${one.text}`).join("\n")'

listen "$mine" "$folder/mine"
listen "$theirs" "$folder/theirs"
for whose in mine theirs; do hear "$folder/$whose" "the answer to resume" '{"ready"' >/dev/null; done

# Send. The cid is this message's name: sent again under the same name it is still one message.
cid=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
text="Good morning from a shell ($cid)"
seq=$(call POST "/api/v1/rooms/$room/messages" "$mine" "$(object cid "$cid" text "$text")" | part .seq)
echo "sent: number $seq"
again=$(call POST "/api/v1/rooms/$room/messages" "$mine" "$(object cid "$cid" text "$text")" | part .seq)
[ "$again" = "$seq" ] || fail "sent again it became number $again"

# Receive, at the other end.
posted=$(hear "$folder/theirs" "the message" '{"posted"' "$cid")
echo "received: $(part .posted.body <<<"$posted")"

# Receipt: the other has read up to this number, and the writer is told.
call POST "/api/v1/rooms/$room/read" "$theirs" "{\"seq\":$seq}" >/dev/null
receipt=$(hear "$folder/mine" "the receipt" '{"receipt"' "\"room\":$room," "\"account\":$other," "\"read_seq\":$seq,")
echo "read: $other_email has read up to number $(part .receipt.read_seq <<<"$receipt")"
