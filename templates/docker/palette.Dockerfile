# A runtime image with a palette in it. The packages come with the build, so npm asks no registry; what scripts they have run here.
ARG RUNTIME

FROM ${RUNTIME} AS install
LABEL org.flowferry.image=stage
WORKDIR /flowferry/palette
COPY tarballs/ /flowferry/tarballs/
COPY --chown=1000:1000 palette/ ./
# npm's cache and logs go with this stage.
RUN HOME=/tmp npm ci --offline --omit=dev --no-audit --no-fund --no-update-notifier --loglevel=error
# Equal palettes are equal files; others have another time, for browsers and proxies tell a page's versions by it.
ARG FILE_TIME
RUN find . -exec touch -h -d "@${FILE_TIME}" {} +

FROM ${RUNTIME}
LABEL org.flowferry.image=palette
COPY --from=install --chown=1000:1000 /flowferry/palette/ /flowferry/palette/
