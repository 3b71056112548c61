FROM wirewatch-check/java-python
RUN useradd --uid 1000 appuser \
 && install -d -o appuser -g appuser /opt/kafka/config /etc/kafka/docker /var/lib/kafka/data /mnt/shared/config
COPY libs /opt/kafka/libs
COPY kafka.sh /etc/kafka/docker/run
RUN touch /etc/kafka/docker/server.properties /opt/kafka/config/server.properties
RUN chown -R appuser /opt/kafka/config /etc/kafka
USER appuser
VOLUME ["/var/lib/kafka/data"]
CMD ["bash", "/etc/kafka/docker/run"]
