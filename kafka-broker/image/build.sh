#!/bin/bash
# Builds an image of Kafka from nothing but this machine: its Java 17, its bash, and Kafka's artifacts from Maven.
# For machines that reach no registry of images. Usage: build.sh [TAG]
set -euo pipefail
tag=${1:-saccade/kafka:4.1}
here=$(cd "$(dirname "$0")" && pwd)
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
root=$context/root
mkdir -p "$root"/{opt/kafka,bin,tmp,etc,proc}

mvn -B -q -f "$here/../pom.xml" -Pkafka41 dependency:copy-dependencies "-DoutputDirectory=$root/opt/kafka/libs" -DincludeScope=runtime
jlink --strip-debug --no-header-files --no-man-pages --output "$root/opt/jre" --add-modules \
  java.base,java.desktop,java.logging,java.management,java.naming,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.unsupported
printf '%s\n' status=error appender.a.type=Console appender.a.name=A appender.a.layout.type=PatternLayout \
  'appender.a.layout.pattern=%p %m (%c)%n' rootLogger.level=INFO rootLogger.appenderRef.a.ref=A > "$root/opt/kafka/log4j2.properties"
cp "$here/run" "$root/opt/kafka/run"
chmod +x "$root/opt/kafka/run"
cp "$(command -v bash)" "$root/bin/bash"
printf 'kafka:x:1000:1000::/tmp:/bin/bash\n' > "$root/etc/passwd"

# The shared libraries that these need, at the paths where they are looked for.
{
  ldd "$root/bin/bash"
  # What the compression libraries inside the jars need; they are unpacked when they are used.
  ldconfig -p | grep -E 'lib(pthread|dl|rt|m|stdc\+\+|gcc_s)\.so\.[0-9]+ .*x86-64|lib(pthread|dl|rt|m|stdc\+\+|gcc_s)\.so\.[0-9]+ .*AArch64'
  find "$root/opt/jre" \( -name '*.so' -o -path '*/bin/java' \) -exec ldd {} \; 2>/dev/null
} | grep -oE '/[^ ]+\.so[^ ]*' | grep -v "^$root" | sort -u | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
chmod 1777 "$root/tmp"

cat > "$context/Dockerfile" <<'DOCKERFILE'
FROM scratch
COPY root/ /
USER 1000:1000
ENTRYPOINT ["/opt/kafka/run"]
DOCKERFILE
docker build --quiet --tag "$tag" "$context"
