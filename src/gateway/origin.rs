//! Which pages may talk to the server. Browsers name the page's origin (RFC 6454); a socket from a
//! page that is not listed is refused, and so is one that does not say where it comes from.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::gateway::error::ApiError;

/// The origins that may talk to the server.
pub(super) struct Origins {
    own: Vec<String>,
    sites: Vec<String>,
}

impl Origins {
    /// `own` are the server's own origins, `sites` those in the settings.
    pub(super) fn new(own: Vec<String>, sites: &[String]) -> Self {
        let sites = sites.iter().map(|site| site.trim_end_matches('/').to_owned()).collect();
        Self { own, sites }
    }

    /// The origins of a server that listens at `host:port`, as browsers name them.
    pub(super) fn of_listener(
        address: std::net::SocketAddr,
        public_url: Option<&str>,
    ) -> Vec<String> {
        let port = address.port();
        let mut own = vec![format!("http://{address}")];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            own.extend(["localhost", "127.0.0.1", "[::1]"].map(|h| format!("http://{h}:{port}")));
        }
        own.extend(public_url.map(|url| url.trim_end_matches('/').to_owned()));
        own.sort();
        own.dedup();
        own
    }

    /// Whether a page of this origin may talk to the server.
    pub(super) fn allows(&self, origin: &str) -> bool {
        self.own.iter().chain(&self.sites).any(|allowed| allowed == origin)
    }

    /// For sockets: the origin must be there and listed.
    pub(super) fn require(&self, request: &HttpRequest) -> Result<(), ApiError> {
        let origin = request.headers().get(header::ORIGIN).and_then(|value| value.to_str().ok());
        match origin {
            Some(origin) if self.allows(origin) => Ok(()),
            _ => Err(ApiError::ForbiddenOrigin),
        }
    }

    /// For requests: programs name no origin, but a browser's must be listed.
    pub(super) fn check(&self, headers: &header::HeaderMap) -> Result<(), ApiError> {
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
        match origin.to_str() {
            Ok(origin) if self.allows(origin) => Ok(()),
            _ => Err(ApiError::ForbiddenOrigin),
        }
    }

    /// The sites that may embed the widget, as a content security policy lists them.
    pub(super) fn sites(&self) -> String {
        let sites = self.sites.iter().map(|site| format!(" {site}"));
        std::iter::once("'self'".to_owned()).chain(sites).collect()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn origins() -> Origins {
        let own = Origins::of_listener("127.0.0.1:8080".parse().unwrap(), None);
        Origins::new(own, &["https://shop.example/".to_owned()])
    }

    #[test]
    fn listed_origins_pass_and_look_alikes_do_not() {
        let allowed = ["http://127.0.0.1:8080", "http://localhost:8080", "https://shop.example"];
        for origin in allowed {
            let request = TestRequest::default().insert_header(("origin", origin));
            assert_eq!(origins().require(&request.to_http_request()), Ok(()), "{origin}");
        }
        let foreign = [
            "https://evil.example",
            "null",
            "",
            "https://shop.example.evil.example",
            "https://evilshop.example",
            "http://shop.example",
            "https://shop.example:444",
            "http://127.0.0.1:8081",
        ];
        for origin in foreign {
            let request = TestRequest::default().insert_header(("origin", origin));
            let refused = origins().require(&request.to_http_request());
            assert_eq!(refused, Err(ApiError::ForbiddenOrigin), "{origin}");
        }
    }

    #[test]
    fn a_socket_must_say_where_it_comes_from_and_a_program_need_not() {
        let request = TestRequest::default().to_http_request();
        assert_eq!(origins().require(&request), Err(ApiError::ForbiddenOrigin));
        assert_eq!(origins().check(request.headers()), Ok(()));
    }

    #[test]
    fn the_widget_may_be_embedded_by_listed_sites() {
        assert_eq!(origins().sites(), "'self' https://shop.example");
    }
}
