//! Which addresses lead to SNS: whoever may name the address we visit could have us visit anything.
//!
//! An address is compared as it stands and not taken apart as browsers do, for what is read in two
//! ways is how such checks are got round.

/// Whether an address is that of a certificate on a host of SNS.
pub(super) fn is_of_a_certificate(url: &str) -> bool {
    let Some(path) = path_on_sns(url) else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    path.strip_suffix(".pem").is_some_and(|name| !name.is_empty())
        && !path.contains("..")
        && path.bytes().all(plain)
}

/// Whether an address is that of a subscription's confirmation on a host of SNS.
pub(super) fn is_of_a_handshake(url: &str) -> bool {
    path_on_sns(url)
        .and_then(|path| path.strip_prefix('?'))
        .is_some_and(|query| query.split('&').any(|pair| pair == "Action=ConfirmSubscription"))
}

/// The region in an address on a host of SNS.
pub(super) fn region_of(url: &str) -> Option<&str> {
    url.strip_prefix("https://sns.")?.split('.').next()
}

/// What stands behind the first slash of an address on a host of SNS.
fn path_on_sns(url: &str) -> Option<&str> {
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#@".contains(&byte));
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let is_short = url.len() <= 2048;
    (is_plain && is_short && is_host(host)).then_some(path)
}

/// `sns.`, a region, `.amazonaws.com`, and perhaps `.cn`. A region is words and a number, so that
/// `sns.s3-us-west-2.amazonaws.com`, somebody's bucket, is none.
fn is_host(host: &str) -> bool {
    let Some(rest) = host.strip_prefix("sns.") else { return false };
    let rest = rest.strip_suffix(".cn").unwrap_or(rest);
    let Some(region) = rest.strip_suffix(".amazonaws.com") else { return false };
    let mut parts = region.split('-').rev();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_word =
        |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    parts.next().is_some_and(is_number) && parts.clone().count() >= 2 && parts.all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_sns_are_known() {
        for region in ["eu-west-1", "us-gov-west-1", "ap-southeast-2", "us-iso-east-1"] {
            let host = format!("https://sns.{region}.amazonaws.com");
            assert!(is_of_a_certificate(&format!("{host}/SimpleNotificationService-6aad65.pem")));
            assert!(is_of_a_handshake(&format!(
                "{host}/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:a&Token=23"
            )));
        }
        assert!(is_of_a_certificate("https://sns.cn-north-1.amazonaws.com.cn/a.pem"));
    }

    #[test]
    fn no_other_address_is_visited() {
        let hosts = [
            "http://sns.eu-west-1.amazonaws.com",
            "HTTPS://sns.eu-west-1.amazonaws.com",
            "ftp://sns.eu-west-1.amazonaws.com",
            "//sns.eu-west-1.amazonaws.com",
            " https://sns.eu-west-1.amazonaws.com",
            "https:///sns.eu-west-1.amazonaws.com",
            "https://sns.eu-west-1.amazonaws.com.",
            "https://sns.eu-west-1.amazonaws.com:443",
            "https://sns.eu-west-1.amazonaws.com:8443",
            "https://sns.eu-west-1.amazonaws.com@evil.example",
            "https://evil.example@sns.eu-west-1.amazonaws.com",
            "https://user:pass@sns.eu-west-1.amazonaws.com",
            "https://sns.eu-west-1.amazonaws.com.evil.example",
            "https://sns.eu-west-1.amazonaws.com.cn.evil.example",
            "https://sns.eu-west-1.amazonaws.com%2eevil.example",
            "https://sns.eu-west-1.amazonaws.comevil.example",
            "https://evil.example/sns.eu-west-1.amazonaws.com",
            "https://evil.example?sns.eu-west-1.amazonaws.com",
            "https://evil.example#sns.eu-west-1.amazonaws.com",
            "https://evil.example\\sns.eu-west-1.amazonaws.com",
            "https://sns.eu-west-1.amazonaws.com\\@evil.example",
            "https://sns.eu-west-1.amazonaws.com#@evil.example",
            "https://evilsns.eu-west-1.amazonaws.com",
            "https://a.sns.eu-west-1.amazonaws.com",
            "https://sns.a.eu-west-1.amazonaws.com",
            "https://sns.s3-us-west-2.amazonaws.com",
            "https://sns.s3.amazonaws.com",
            "https://sns.us.amazonaws.com",
            "https://sns.eu-west-.amazonaws.com",
            "https://sns.-1.amazonaws.com",
            "https://sns.EU-WEST-1.amazonaws.com",
            "https://sns.eu-west-1.amazonaws.com\t",
            "https://sns.eu\u{2010}west-1.amazonaws.com",
            "https://sns.eu-west-1.amazonaws\u{3002}com",
            "https://127.0.0.1",
            "https://[::1]",
            "https://169.254.169.254",
            "https://localhost",
            "https://",
            "",
        ];
        for host in hosts {
            assert!(!is_of_a_certificate(&format!("{host}/a.pem")), "{host:?}");
            assert!(!is_of_a_handshake(&format!("{host}/?Action=ConfirmSubscription")), "{host:?}");
        }
    }

    #[test]
    fn nothing_else_on_its_hosts_is_visited() {
        let host = "https://sns.eu-west-1.amazonaws.com";
        let certificates =
            ["", "/", "/.pem", "/a.pem?b", "/a", "/a.pem#", "/../a.pem", "/a%2f.pem"];
        for path in certificates {
            assert!(!is_of_a_certificate(&format!("{host}{path}")), "{path}");
        }
        let handshakes = [
            "",
            "/",
            "?Action=ConfirmSubscription",
            "/?Action=Unsubscribe",
            "/?Action=ConfirmSubscription2",
            "/a?Action=ConfirmSubscription",
            "/?Action=ConfirmSubscription#",
            "/?Action=ConfirmSubscription\r\nHost:evil",
        ];
        for path in handshakes {
            assert!(!is_of_a_handshake(&format!("{host}{path}")), "{path}");
        }
        assert!(!is_of_a_certificate(&format!("{host}/{}.pem", "a".repeat(3000))));
    }
}
