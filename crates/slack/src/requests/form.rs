//! Form bodies: `name=value&…`, percent-encoded.

/// Reads every field, in order. What is not percent-encoded as it should be stays as it is.
pub(super) fn read(body: &[u8]) -> Vec<(String, String)> {
    body.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            (decode(&pair[..at]), decode(pair.get(at + 1..).unwrap_or_default()))
        })
        .collect()
}

/// The first value of a field.
pub(super) fn field<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

/// Undoes the percent-encoding of one name or value.
fn decode(encoded: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => match after {
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    decoded.push(digit(*high) * 16 + digit(*low));
                    rest = after;
                }
                _ => decoded.push(b'%'),
            },
            other => decoded.push(other),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The value of a hexadecimal digit.
fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        b'a'..=b'f' => character - b'a' + 10,
        _ => character - b'A' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let fields =
            read("a=caf%C3%A9+%E2%98%95&b=1%3D2%26&empty=&alone&c=100%&d=%zz&=x&#=#".as_bytes());
        let expected = [
            ("a", "café ☕"),
            ("b", "1=2&"),
            ("empty", ""),
            ("alone", ""),
            ("c", "100%"),
            ("d", "%zz"),
            ("", "x"),
            ("#", "#"),
        ];
        let found: Vec<_> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, expected);
        assert_eq!(field(&fields, "b"), Some("1=2&"));
        assert_eq!(field(&fields, "absent"), None);
    }
}
