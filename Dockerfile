# A static binary on an empty base: nothing to patch but the binary itself.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=docker
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/hanoitwin ./cmd/hanoitwin \
 && mkdir -p /out/var/lib/hanoitwin

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/hanoitwin /usr/bin/hanoitwin
COPY --from=build --chown=nonroot:nonroot /out/var/lib/hanoitwin /var/lib/hanoitwin
WORKDIR /var/lib/hanoitwin
ENV HANOITWIN_ADDR=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/usr/bin/hanoitwin", "version", "--server", "http://127.0.0.1:8080"]
ENTRYPOINT ["/usr/bin/hanoitwin"]
CMD ["serve"]
