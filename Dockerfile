# Two stages: the image holds the program and nothing else. iblint needs no
# network and no credentials; run it with the templates mounted read-only:
#   docker run --rm --network none -v "$PWD:/work:ro" iblint .
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /iblint ./cmd/iblint

FROM scratch
COPY --from=build /iblint /iblint
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/iblint"]
