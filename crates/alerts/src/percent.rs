//! Percent-encoding, both ways: values in query strings, forms and headers, and names in addresses.

use std::fmt::Write as _;

/// Decodes `%41` once. What is not an escape stays as it is; what is no UTF-8 is replaced.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| hex::decode(digits).ok());
        if let Some(byte) = escaped {
            out.extend(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Encodes all but unreserved characters, so that the text is one segment of an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The fields of a form or a query string, in their order.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |part: &str| decoded(&part.replace('+', " "));
        (plain(name), plain(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_once_and_the_rest_stays() {
        let cases = [
            ("a%20b", "a b"),
            ("%25%34%31", "%41"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("caf%C3%A9 %FF", "café \u{fffd}"),
        ];
        for (text, plain) in cases {
            assert_eq!(decoded(text), plain, "{text}");
        }
        assert_eq!(encoded("CPU > 90 %/é"), "CPU%20%3E%2090%20%25%2F%C3%A9");
        assert_eq!(decoded(&encoded("a+b&c=☃")), "a+b&c=☃");
    }

    #[test]
    fn a_form_is_pairs() {
        let found: Vec<_> = pairs("a=1+2&&b=%26&c&=d").collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(found, [pair("a", "1 2"), pair("b", "&"), pair("c", ""), pair("", "d")]);
    }
}
