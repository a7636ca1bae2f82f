#!/usr/bin/env bash
# Caption on one machine with GPUs: start the servers, wait until they answer, and run.
#
#   deploy/node.sh SOURCE OUT [MORE OPTIONS OF run.py]
#
# Environment: as for serve.sh, and MODEL.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 2 ]; then
  echo "usage: deploy/node.sh SOURCE OUT [MORE OPTIONS OF run.py]" >&2
  exit 2
fi
source=$1 out=$2
shift 2
model=${MODEL:-Qwen/Qwen3-VL-4B-Instruct}
config=$HOME/.patch_matters/config.json
if [ -e "$config" ]; then
  echo "$config is there already: put the endpoint that serve.sh prints into it, and use serve.sh and run.py." >&2
  exit 2
fi
mkdir -p "$(dirname "$config")"
written=$(mktemp)
end() {
  local code=$?
  trap - EXIT INT
  trap '' TERM  # kill 0 signals this shell, too
  cmp -s "$written" "$config" && rm -f "$config"  # one that was changed since is left alone
  rm -f "$written"
  kill 0
  exit "$code"
}
trap end EXIT INT TERM
CONFIG=$written "$here/serve.sh" "$model" &
servers=$!
until [ -s "$written" ]; do
  kill -0 "$servers" 2> /dev/null || exit 1  # it said why
  sleep 2
done
(set -o noclobber; cat "$written" > "$config")  # fails if there is one by now
gpus=${GPUS:-$(nvidia-smi --list-gpus | wc -l)}
# More requests under way than a server answers at once, so that it never waits.
python3 "$here/../run.py" "$source" --ray --out "$out" --captioner "vllm:$model" --verifier "vllm:$model" \
  --writer "vllm:$model" --concurrency $((192 * gpus)) "$@"
