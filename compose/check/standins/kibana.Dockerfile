FROM wirewatch-check/java-python
RUN useradd --uid 1000 --gid 0 kibana && install -d -o 1000 -g 0 /usr/share/kibana/data
COPY kibana.py /kibana.py
USER 1000:0
VOLUME ["/usr/share/kibana/data"]
CMD ["python3", "/kibana.py"]
