#!/bin/bash
# The tests that need a broker, over Kafka in a container: builds the image, and runs them through Testcontainers.
set -euo pipefail
cd "$(dirname "$0")/../.."
tag=saccade/kafka:4.1
kafka-broker/image/build.sh "$tag"
export TESTCONTAINERS_RYUK_DISABLED=true KAFKA_IMAGE=$tag REQUIRE_KAFKA=1 PATH="$PWD/node_modules/.bin:$PATH"
vitest run --project broker
