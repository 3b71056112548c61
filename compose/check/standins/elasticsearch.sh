# Settings come as variables with dots in their names, which a shell cannot name: env can.
set -eu
options=(-E cluster.routing.allocation.disk.threshold_enabled=false)
while IFS='=' read -r name value; do
  if [[ $name =~ ^[a-z_]+\.[a-z_.]+$ ]]; then options+=(-E "$name=$value"); fi
done < <(env)
if [[ -n ${ELASTIC_PASSWORD:-} && ! -f config/elasticsearch.keystore ]]; then
  bash bin/elasticsearch-keystore create
  echo -n "$ELASTIC_PASSWORD" | bash bin/elasticsearch-keystore add --stdin bootstrap.password
fi
exec bash bin/elasticsearch "${options[@]}"
