//! Egress: the one way out to addresses somebody else has chosen. Never into the organisation's own network, unless
//! an operator has named the place.

use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// From the question for the address to the status of the answer.
const WITHIN: Duration = Duration::from_secs(5);
/// For each of several addresses, of which one may lead nowhere.
const CONNECTED_WITHIN: Duration = Duration::from_millis(1_500);
/// An answer whose status has not come within so many bytes is none.
const ANSWER_MAX_BYTES: usize = 64 * 1024;
const URL_MAX_BYTES: usize = 1_000;

/// Addresses that are let through although they are not public: one, or all that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    address: IpAddr,
    bits: u8,
}

/// Why nothing was sent, or no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    #[error("not an address calls can go to")]
    Url,
    #[error("calls go to https addresses only")]
    NotHttps,
    #[error("the address leads into a network that is not public")]
    NotPublic,
    #[error("nobody is there")]
    Unreachable,
    #[error("the certificate is not right")]
    Certificate,
    #[error("no answer in time")]
    Late,
    #[error("not an answer")]
    Garbled,
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not an address such as 10.0.0.7 or a range such as 10.0.0.0/8");
        let (address, bits) = text.split_once('/').map_or((text, None), |(one, bits)| (one, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(all), |bits| bits.trim().parse().map_err(|_| wrong()))?;
        if bits > all { Err(wrong()) } else { Ok(Place { address, bits }) }
    }
}

impl Place {
    fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => {
                (one.to_bits() ^ other.to_bits()).checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => {
                (one.to_bits() ^ other.to_bits()).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The client all calls to the outside go through.
#[derive(Clone)]
pub struct Egress {
    places: Vec<Place>,
    needs_https: bool,
    tls: TlsConnector,
}

impl std::fmt::Debug for Egress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Egress").field("places", &self.places).finish_non_exhaustive()
    }
}

impl Egress {
    /// A client that may also reach these places.
    pub fn new(places: Vec<Place>, needs_https: bool) -> Result<Egress, rustls::Error> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Egress { places, needs_https, tls: TlsConnector::from(Arc::new(tls)) })
    }

    /// Whether calls may go to such an address, as far as can be said before it is asked for.
    pub fn check(&self, text: &str) -> Result<Url, EgressError> {
        let url = Url::parse(text).map_err(|_| EgressError::Url)?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if text.len() > URL_MAX_BYTES || !is_plain || url.host().is_none() {
            return Err(EgressError::Url);
        }
        match url.scheme() {
            "https" => {}
            "http" if !self.needs_https => {}
            _ => return Err(EgressError::NotHttps),
        }
        match url.host() {
            Some(Host::Ipv4(address)) if !self.may_reach(address.into()) => Err(EgressError::NotPublic),
            Some(Host::Ipv6(address)) if !self.may_reach(address.into()) => Err(EgressError::NotPublic),
            _ => Ok(url),
        }
    }

    /// Sends JSON and answers the status. A redirection is an answer like any other, and not followed.
    pub async fn post(&self, url: &str, headers: &[(&str, String)], body: &str) -> Result<u16, EgressError> {
        let url = self.check(url)?;
        timeout(WITHIN, self.send(&url, headers, body)).await.unwrap_or(Err(EgressError::Late))
    }

    async fn send(&self, url: &Url, headers: &[(&str, String)], body: &str) -> Result<u16, EgressError> {
        let stream = self.connect(url).await?;
        let mut request = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\n",
            &url[url::Position::BeforePath..],
            &url[url::Position::BeforeHost..url::Position::AfterPort]
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!(
            "User-Agent: confer/{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            env!("CARGO_PKG_VERSION"),
            body.len()
        ));
        if url.scheme() == "http" {
            return exchange(stream, &request).await;
        }
        let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(name).map_err(|_| EgressError::Url)?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| EgressError::Certificate)?;
        exchange(stream, &request).await
    }

    /// Connects to the very address that was looked at: a name asked for twice may answer differently.
    async fn connect(&self, url: &Url) -> Result<TcpStream, EgressError> {
        let port = url.port_or_known_default().ok_or(EgressError::Url)?;
        let addresses: Vec<IpAddr> = match url.host() {
            Some(Host::Ipv4(address)) => vec![address.into()],
            Some(Host::Ipv6(address)) => vec![address.into()],
            Some(Host::Domain(name)) => {
                let found = tokio::net::lookup_host((name, port)).await;
                found.map_err(|_| EgressError::Unreachable)?.map(|found| found.ip()).collect()
            }
            None => return Err(EgressError::Url),
        };
        // One address inside is reason enough: whoever names it next to a public one means no good.
        if addresses.iter().any(|address| !self.may_reach(*address)) {
            return Err(EgressError::NotPublic);
        }
        for address in addresses {
            let connected = timeout(CONNECTED_WITHIN, TcpStream::connect(SocketAddr::new(address, port)));
            if let Ok(Ok(stream)) = connected.await {
                return Ok(stream);
            }
        }
        Err(EgressError::Unreachable)
    }

    fn may_reach(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.places.iter().any(|place| place.holds(address))
    }
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> Result<u16, EgressError> {
    stream.write_all(request.as_bytes()).await.map_err(|_| EgressError::Unreachable)?;
    stream.flush().await.map_err(|_| EgressError::Unreachable)?;
    let mut answer = Vec::new();
    while answer.len() < ANSWER_MAX_BYTES {
        let mut bytes = [0; 1_024];
        let count = stream.read(&mut bytes).await.map_err(|_| EgressError::Garbled)?;
        answer.extend_from_slice(&bytes[..count]);
        while let Some(end) = answer.windows(2).position(|pair| pair == b"\r\n") {
            let status = status(&answer[..end]).ok_or(EgressError::Garbled)?;
            if status >= 200 {
                return Ok(status);
            }
            // Only a word in between; the answer comes behind it.
            let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { break };
            answer.drain(..head + 4);
        }
        if count == 0 {
            break;
        }
    }
    Err(EgressError::Garbled)
}

fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line).ok()?;
    line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok().filter(|status| (100..600).contains(status))
}

/// Whether an address is the whole world's, and nobody's own.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) => is_public_6(address),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match (a, b, c) {
        // This network, carriers' own, protocols, relays, measurements, and what is reserved.
        (0, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18..=19, _) | (240.., ..) => true,
        _ => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_documentation()
                || address.is_multicast()
        }
    };
    !is_special
}

fn is_public_6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Ways to write an old address as a new one, and what is for examples.
        [0x2001, 0x0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0x0..=0xfff, ..] => false,
        // All that has been given to anybody; the rest is local, or nobody's.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn egress(places: &[&str]) -> Egress {
        Egress::new(places.iter().map(|place| place.parse().unwrap()).collect(), false).unwrap()
    }

    #[test]
    fn only_public_addresses_are_public() {
        for inside in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2001:db8::1",
            "2001::1",
            "2002:a00:1::",
            "100::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!is_public(inside.parse::<IpAddr>().unwrap().to_canonical()), "{inside}");
        }
        for outside in
            ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::", "2001:4860::8"]
        {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn a_place_is_one_address_or_a_range() {
        let place = |text: &str| text.parse::<Place>().unwrap();
        assert!(place("10.0.0.0/8").holds([10, 9, 8, 7].into()));
        assert!(!place("10.0.0.0/8").holds([11, 0, 0, 1].into()));
        assert!(place("0.0.0.0/0").holds([11, 0, 0, 1].into()));
        assert!(place("127.0.0.1").holds([127, 0, 0, 1].into()));
        assert!(!place("127.0.0.1").holds([127, 0, 0, 2].into()));
        assert!(!place("127.0.0.1").holds("::1".parse().unwrap()));
        for wrong in ["", "ten", "10.0.0.0/33", "10.0.0.0/x"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_address_for_calls_is_refused_before_anything_is_sent() {
        let strict = Egress::new(Vec::new(), true).unwrap();
        for (url, error) in [
            ("nonsense", EgressError::Url),
            ("https://user:word@example.org/", EgressError::Url),
            ("file:///etc/passwd", EgressError::Url),
            ("ftp://example.org/", EgressError::NotHttps),
            ("http://example.org/", EgressError::NotHttps),
            ("https://127.0.0.1/", EgressError::NotPublic),
            ("https://0x7f.1/", EgressError::NotPublic),
            ("https://[::ffff:169.254.169.254]/latest", EgressError::NotPublic),
        ] {
            assert_eq!(strict.check(url).map(|_| ()), Err(error), "{url}");
        }
        assert!(strict.check("https://example.org/hook?x=1").is_ok());
        assert!(egress(&["127.0.0.1"]).check("http://127.0.0.1:9/").is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_followed() {
        assert_eq!(egress(&[]).post("http://localhost:9/", &[], "{}").await, Err(EgressError::NotPublic));
    }
}
