FROM wirewatch-check/java-python
RUN useradd --uid 1000 --gid 0 --home-dir /usr/share/elasticsearch elasticsearch
COPY --chown=1000:0 home /usr/share/elasticsearch
COPY elasticsearch.sh /usr/local/bin/docker-entrypoint.sh
RUN cd /usr/share/elasticsearch \
 && sed -i '/-Xlog:gc/d' config/jvm.options \
 && echo 'network.host: 0.0.0.0' > config/elasticsearch.yml \
 && install -d -o 1000 -g 0 -m 0775 data logs \
 && chown -R 1000:0 config && chmod 0775 config
ENV ES_JAVA_HOME=/usr/lib/jvm/default
WORKDIR /usr/share/elasticsearch
USER 1000:0
VOLUME ["/usr/share/elasticsearch/data"]
ENTRYPOINT ["bash", "/usr/local/bin/docker-entrypoint.sh"]
