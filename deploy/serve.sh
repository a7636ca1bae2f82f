#!/usr/bin/env bash
# Start a vLLM server on each GPU of this machine and keep them running:
#
#   deploy/serve.sh [MODEL] [MORE OPTIONS OF vllm serve]
#
# Each GPU has a server of its own, at PORT, PORT + 1, ..., with API_PROCESSES processes that prepare images: one of them
# prepares about 14 photos a second (vllm-project/vllm#58266), which a small model on a large GPU outruns.
# Environment: GPUS (default: all), PORT (8000), HOST (127.0.0.1; the address of this machine in a cluster's network),
# API_PROCESSES (4), CONFIG (a new file to which the endpoint for ~/.patch_matters/config.json is written).
# Ctrl-C ends them all.
set -euo pipefail

for command in vllm curl $([ -n "${GPUS:-}" ] || echo nvidia-smi); do
  if ! command -v "$command" > /dev/null; then
    echo "deploy/serve.sh needs $command, which is not found: install it, or activate the environment that has it." >&2
    exit 1
  fi
done
if [ -s "${CONFIG:-}" ]; then
  echo "CONFIG: $CONFIG is there already: name a new file." >&2
  exit 2
fi
model=${1:-Qwen/Qwen3-VL-4B-Instruct}
shift || true
gpus=${GPUS:-$(nvidia-smi --list-gpus | wc -l)}
port=${PORT:-8000}
host=${HOST:-127.0.0.1}

serve() {  # GPU, MORE OPTIONS
  local gpu=$1
  shift
  # One image a request, of at most a megapixel; an image that was read is not read again for its verification.
  CUDA_VISIBLE_DEVICES=$gpu exec vllm serve "$model" \
    --host "$host" --port $((port + gpu)) \
    --api-server-count "${API_PROCESSES:-4}" \
    --limit-mm-per-prompt '{"image": 1, "video": 0}' \
    --mm-processor-kwargs '{"max_pixels": 1048576}' \
    --enable-prefix-caching \
    --max-model-len 8192 --max-num-seqs 256 "$@"
}

end() {
  local code=$?
  trap - EXIT INT
  trap '' TERM  # kill 0 signals this shell, too
  kill 0
  exit "$code"
}
trap end EXIT INT TERM
urls=()
for ((gpu = 0; gpu < gpus; gpu++)); do
  # A server that ends is started again; the run leaves it out until then.
  while true; do
    (serve "$gpu" "$@") || echo "The server on GPU $gpu ended: starting it again." >&2
    sleep 5
  done &
  urls+=("\"http://$host:$((port + gpu))/v1\"")
done

for ((gpu = 0; gpu < gpus; gpu++)); do
  until curl --silent --fail --output /dev/null "http://$host:$((port + gpu))/health"; do sleep 2; done
done
list=$(IFS=,; echo "${urls[*]}")
config="{\"endpoints\": {\"vllm\": {\"urls\": [$list], \"n\": true, \"json_schema\": true}}, \"max_requests\": 1000000000}"
[ -z "${CONFIG:-}" ] || echo "$config" > "$CONFIG"
echo "All servers answer. ~/.patch_matters/config.json:" && echo "$config"
wait
