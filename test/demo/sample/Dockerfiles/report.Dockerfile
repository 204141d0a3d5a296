FROM python:3.13-slim-trixie

# A small init: forwards signals, reaps what the service leaves behind.
ENV PILOT_VERSION="1.4.0"
ENV PILOT_URL="https://github.com/harbourlights/pilot/releases/download/v${PILOT_VERSION}/pilot-linux-amd64"
ADD --chmod=755 ${PILOT_URL} /usr/local/bin/pilot

COPY report /opt/report
ENTRYPOINT ["/usr/local/bin/pilot", "--", "/opt/report/start"]
