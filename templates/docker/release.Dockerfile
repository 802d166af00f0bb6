# What a release runs: a palette's image, and the flows on top, so that other flows with the same palette are one small layer more.
# It holds no credentials and no variables: they come with the container.
ARG PALETTE
FROM ${PALETTE}
LABEL org.flowferry.image=release
COPY root/ /
