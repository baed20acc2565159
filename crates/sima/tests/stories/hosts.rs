//! Hosts of AWS and Microsoft, as far as SIMA visits them: over TLS, with a root of the stories' own.
//!
//! SIMA reaches them through a proxy, so that the addresses are the real ones. A host that is asked
//! for but not here is out of reach.

use std::{
    collections::BTreeMap,
    io::Write as _,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use sima::outside::World;
use sima_web::Outside;

/// A file of the stories' keys.
macro_rules! key {
    ($name:literal) => {
        include_bytes!(concat!("keys/", $name))
    };
}

/// The hosts there are, and what they were asked.
#[derive(Clone)]
pub struct Hosts {
    address: SocketAddr,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    pages: BTreeMap<String, (u16, Vec<u8>)>,
    asked: Vec<String>,
}

impl Hosts {
    /// They begin to answer, and have nothing to say yet.
    pub fn begin() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificate = CertificateDer::from_pem_slice(key!("tls.pem")).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(key!("tls.key.pem")).expect("a key");
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a key that fits");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let known: Arc<Mutex<Known>> = Arc::default();
        let hosts = Self { address, known };
        let served = hosts.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (hosts, config) = (served.clone(), config.clone());
                // A visitor that goes away is no failure.
                std::thread::spawn(move || drop(hosts.serve(stream, config)));
            }
        });
        hosts
    }

    /// SIMA's world, in which these are the hosts.
    pub fn world(&self) -> Arc<dyn Outside> {
        let root = reqwest::Certificate::from_pem(key!("root.pem")).expect("a root");
        let proxy = reqwest::Proxy::https(format!("http://{}", self.address)).expect("a proxy");
        let builder = reqwest::Client::builder().proxy(proxy).tls_certs_only([root]);
        Arc::new(World::new(builder).expect("a client"))
    }

    /// From now on an address is answered so.
    pub fn answer(&self, url: &str, status: u16, body: impl Into<Vec<u8>>) {
        let mut known = self.known.lock().expect("nobody panicked");
        known.pages.insert(url.to_owned(), (status, body.into()));
    }

    /// Every address that was visited, in order; for a host out of reach, its name.
    pub fn asked(&self) -> Vec<String> {
        self.known.lock().expect("nobody panicked").asked.clone()
    }

    /// The certificate with which messages of SNS are signed, at its address.
    pub fn has_certificate(&self) {
        self.answer(CERTIFICATE, 200, key!("sns.pem"));
    }

    fn serve(&self, mut stream: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<()> {
        let asked = head(&mut stream)?;
        let host = asked.strip_prefix("CONNECT ").and_then(|rest| rest.split(':').next());
        let host = host.unwrap_or_default().to_owned();
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        let asked = match head(&mut stream) {
            Ok(asked) => asked,
            Err(error) => {
                self.known.lock().expect("nobody panicked").asked.push(host);
                return Err(error);
            }
        };
        let path = asked.split(' ').nth(1).unwrap_or_default();
        let url = format!("https://{host}{path}");
        let (status, body) = {
            let mut known = self.known.lock().expect("nobody panicked");
            let page = known.pages.get(&url).cloned();
            known.asked.push(url);
            page.unwrap_or((404, Vec::new()))
        };
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} Said\r\nlocation: https://sns.eu-west-1.amazonaws.com/elsewhere\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        )?;
        stream.write_all(&body)?;
        stream.conn.send_close_notify();
        stream.flush()
    }
}

/// Where the certificate of SNS is.
pub const CERTIFICATE: &str =
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-stories.pem";

/// The head of a request, without the line that ends it: its first line comes first.
fn head(stream: &mut impl std::io::Read) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// What RSA with SHA-256 makes of a text, with the key of the stories.
pub fn signature(text: &[u8]) -> Vec<u8> {
    let key = PrivateKeyDer::from_pem_slice(key!("sns.key.pem")).expect("a key");
    let key = RsaKeyPair::from_pkcs8(key.secret_der()).expect("an RSA key");
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).expect("a signature");
    signature
}

/// The modulus and the exponent of the key of the stories.
pub fn public_key() -> (Vec<u8>, Vec<u8>) {
    let key = PrivateKeyDer::from_pem_slice(key!("sns.key.pem")).expect("a key");
    let key = RsaKeyPair::from_pkcs8(key.secret_der()).expect("an RSA key");
    let public: ring::rsa::PublicKeyComponents<Vec<u8>> = key.public().into();
    (public.n, public.e)
}
