#!/usr/bin/env bash
# Submit a run to a Ray cluster as a job, which goes on when this terminal closes:
#
#   deploy/job.sh http://HEAD:8265 SOURCE OUT [MORE OPTIONS OF run.py]
#
# Every machine of the cluster has the packages of requirements.txt and requirements-ray.txt, the head also ray[default].
# The config file with the servers' addresses is on the head. Environment: MODEL.
set -euo pipefail

if [ $# -lt 3 ]; then
  echo "usage: deploy/job.sh http://HEAD:8265 SOURCE OUT [MORE OPTIONS OF run.py]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")/.." && pwd)
address=$1 source=$2 out=$3
shift 3
model=${MODEL:-Qwen/Qwen3-VL-4B-Instruct}
ray job submit --address "$address" --no-wait --working-dir "$here" \
  --runtime-env-json '{"excludes": [".git", ".venv", "/assets", "/bench", "/models", "/output", "/tests"]}' \
  -- python run.py --here "$source" --ray auto --out "$out" --captioner "vllm:$model" \
  --verifier "vllm:$model" --writer "vllm:$model" "$@"
