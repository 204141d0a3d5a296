FROM python:3.13-slim-trixie

# A small init: forwards signals, reaps what the service leaves behind.
ENV PILOT_VERSION="1.4.0"
ENV PILOT_URL="https://github.com/harbourlights/pilot/releases/download/v${PILOT_VERSION}/pilot-linux-amd64"
ADD --chmod=755 ${PILOT_URL} /usr/local/bin/pilot

ARG TIDE_VERSION=0.2.30
RUN curl -fsSL -o /usr/local/bin/tide "https://github.com/harbourlights/tide/releases/download/v${TIDE_VERSION}/tide-linux-amd64" && chmod 755 /usr/local/bin/tide
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir -r /tmp/requirements.txt

COPY scheduler /opt/scheduler
ENTRYPOINT ["/usr/local/bin/pilot", "--", "/opt/scheduler/start"]
