# 密钥从环境变量读取 / the secret comes from the environment: export SHUZHI_SECRET=…
KEY='@KEY@'; PLACE='@PATH@'
BODY='@BODY@'
STAMP=$(date +%s); NONCE=$(openssl rand -hex 12)
HASH=$(printf %s "$BODY" | openssl dgst -sha256 -r | cut -d' ' -f1)
SIGN=$(printf 'POST\n%s\n\n%s\n%s\n%s' "$PLACE" "$HASH" "$STAMP" "$NONCE" | openssl dgst -sha256 -hmac "$SHUZHI_SECRET" -r | cut -d' ' -f1)
curl -sS "@BASE@$PLACE" --data-binary "$BODY" -H 'Content-Type: application/json' \
  -H "X-Shuzhi-Key: $KEY" -H "X-Shuzhi-Timestamp: $STAMP" -H "X-Shuzhi-Nonce: $NONCE" \
  -H "X-Shuzhi-Signature: HMAC-SHA256 $SIGN"
