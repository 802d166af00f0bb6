# What every instance runs in: Node-RED's own image with flowferry's runner beside it.
# flowferry builds it by the engine's own builder, and again only where BASE or one of these files has changed.
ARG BASE
FROM ${BASE}
LABEL org.flowferry.image=runtime
USER root
COPY root/ /
RUN ["node", "/flowferry/templates/docker/prepare-runtime.cjs"]
# A number: a cluster that refuses containers of root can tell by it.
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m --retries=3 \
	CMD ["node", "/flowferry/dist/runner/health.js", "/flowferry/instance.json"]
ENTRYPOINT ["node", "/flowferry/dist/runner/main.js", "--config", "/flowferry/instance.json"]
