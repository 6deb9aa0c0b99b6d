# The light installation, without training:
#     docker build --tag doorman .
#     docker run --rm --volume doorman:/data doorman watch rtsp://camera/stream
# A webcam needs `--device /dev/video0` too. People, sightings and settings stay in the volume. The pages, PostgreSQL,
# notifications and ONVIF are in it; what asks for another extra, as `eval`, is for an image of your own upon this one:
#     FROM doorman
#     USER root
#     RUN pip install -e '.[eval]'
#     USER doorman
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/doorman
COPY requirements/run.txt requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements/run.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

RUN useradd --create-home doorman && install --directory --owner doorman /data
USER doorman
# Doorman sets the second by itself; here it holds for whatever else is run in the container.
ENV XDG_DATA_HOME=/data ORT_DISABLE_TELEMETRY=1
VOLUME /data
# `watch` tells at this port, inside the container only, whether its cameras give pictures.
ENV DOORMAN_METRICS=9100
HEALTHCHECK --start-period=60s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9100/healthz', timeout=5)"]
ENTRYPOINT ["doorman"]
CMD ["watch", "--help"]
