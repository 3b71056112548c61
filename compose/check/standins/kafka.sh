set -eu
java -cp "/opt/kafka/libs/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker \
  --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config \
  || grep -q cluster.id /var/lib/kafka/data/meta.properties
# shellcheck disable=SC2086 - several options in one variable
exec java ${KAFKA_HEAP_OPTS:-} -cp "/opt/kafka/libs/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  kafka.Kafka /opt/kafka/config/server.properties
