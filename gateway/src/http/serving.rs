//! The doors' listener: plain, or with TLS where the configuration has a certificate, which is read again when its
//! file changes, because certificates are renewed every few weeks and gateways are not restarted for it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};
use axum::Router;
use axum_server::{
    Handle,
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};

use crate::config::Http;

/// How often the certificate's file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Browsers keep connections open; they need not be waited for longer than this.
const FAREWELL: Duration = Duration::from_secs(1);

/// Open doors. Dropping this leaves them open until the runtime ends.
pub struct Serving {
    /// Where they are.
    pub address: SocketAddr,
    /// Whether they speak TLS.
    pub tls: bool,
    handle: Handle<SocketAddr>,
    task: tokio::task::JoinHandle<()>,
}

/// A bound address that nobody is served at yet: whatever comes meanwhile waits.
pub struct Bound {
    listener: std::net::TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
}

impl Bound {
    /// Binds the address and reads the certificate.
    ///
    /// # Errors
    /// Which key of the configuration names what cannot be used, and why.
    pub async fn bind(settings: &Http) -> Result<Self> {
        let tls = match (&settings.certificate, &settings.key) {
            (Some(certificate), Some(key)) => Some(tls(certificate.clone(), key.clone()).await?),
            _ => None,
        };
        let listener = tokio::net::TcpListener::bind(settings.bind)
            .await
            .with_context(|| format!("cannot listen on http.bind = \"{}\"", settings.bind))?;
        let address = listener.local_addr()?;
        Ok(Self { listener: listener.into_std()?, address, tls })
    }

    /// Where the doors will be.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens them.
    ///
    /// # Errors
    /// The system's, when it takes the listener back.
    pub fn serve(self, router: Router) -> Result<Serving> {
        let handle = Handle::new();
        // A view is one small message, and nothing follows that it could wait for.
        let server = axum_server::from_tcp(self.listener)?.handle(handle.clone()).acceptor(NoDelayAcceptor);
        let service = router.into_make_service();
        let speaks_tls = self.tls.is_some();
        let task = tokio::spawn(async move {
            let ended = match self.tls {
                Some(tls) => {
                    let tls = RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor);
                    server.acceptor(tls).serve(service).await
                }
                None => server.serve(service).await,
            };
            if let Err(error) = ended {
                tracing::error!(%error, "the doors have closed");
            }
        });
        Ok(Serving { address: self.address, tls: speaks_tls, handle, task })
    }
}

impl Serving {
    /// The doors' address as a browser takes it.
    pub fn url(&self) -> String {
        format!("{}://{}", if self.tls { "https" } else { "http" }, self.address)
    }

    /// Closes the doors, leaving a moment to what is under way.
    pub async fn close(self) {
        self.handle.graceful_shutdown(Some(FAREWELL));
        let _ = tokio::time::timeout(2 * FAREWELL, self.task).await;
    }
}

async fn tls(certificate: PathBuf, key: PathBuf) -> Result<RustlsConfig> {
    let mut files = Files::read(certificate, key).await?;
    let config = files.config.clone();
    tokio::spawn(async move {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            files.look().await;
        }
    });
    Ok(config)
}

/// A certificate in use and the files it came from.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    config: RustlsConfig,
    changed_at: Option<SystemTime>,
}

impl Files {
    async fn read(certificate: PathBuf, key: PathBuf) -> Result<Self> {
        let changed_at = changed_at(&certificate).await;
        let config = RustlsConfig::from_pem_file(&certificate, &key).await.with_context(|| {
            format!(
                "http.certificate = \"{}\" and http.key = \"{}\" cannot be used: both must be PEM, and the key must \
                 belong to the certificate",
                certificate.display(),
                key.display()
            )
        })?;
        Ok(Self { certificate, key, config, changed_at })
    }

    /// Takes the files' certificate into use if they have changed since.
    async fn look(&mut self) {
        let changed_at = changed_at(&self.certificate).await;
        if changed_at == self.changed_at {
            return;
        }
        self.changed_at = changed_at;
        match self.config.reload_from_pem_file(&self.certificate, &self.key).await {
            Ok(()) => tracing::info!("the certificate was renewed"),
            Err(error) => tracing::error!(%error, "the new certificate cannot be used; the former one stays in use"),
        }
    }
}

async fn changed_at(file: &Path) -> Option<SystemTime> {
    tokio::fs::metadata(file).await.ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn write_certificate(folder: &Path) -> reqwest::Certificate {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
        reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap()
    }

    async fn get(address: SocketAddr, trusted: &reqwest::Certificate) -> Result<String, reqwest::Error> {
        let client = reqwest::Client::builder().tls_certs_only([trusted.clone()]).build()?;
        client.get(format!("https://localhost:{}/", address.port())).send().await?.text().await
    }

    #[tokio::test]
    async fn tls_is_spoken_and_a_renewed_certificate_taken_into_use() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let first = write_certificate(folder.path());
        let mut files = Files::read(folder.path().join("cert.pem"), folder.path().join("key.pem")).await.unwrap();
        let settings = Http { bind: SocketAddr::from(([127, 0, 0, 1], 0)), ..Http::default() };
        let bound = Bound { tls: Some(files.config.clone()), ..Bound::bind(&settings).await.unwrap() };
        let serving = bound.serve(Router::new().route("/", axum::routing::get(|| async { "the desk" }))).unwrap();
        assert!(serving.url().starts_with("https://127.0.0.1:"));
        assert_eq!(get(serving.address, &first).await.unwrap(), "the desk");

        let second = write_certificate(folder.path());
        assert!(get(serving.address, &second).await.is_err(), "nothing changes before the files are looked at");
        files.changed_at = None;
        files.look().await;
        assert_eq!(get(serving.address, &second).await.unwrap(), "the desk");
        std::fs::write(folder.path().join("cert.pem"), "half a file").unwrap();
        files.changed_at = None;
        files.look().await;
        assert_eq!(get(serving.address, &second).await.unwrap(), "the desk", "the former one stays in use");
        serving.close().await;
    }

    #[tokio::test]
    async fn a_certificate_that_is_none_is_named() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("cert.pem"), "no certificate").unwrap();
        let (certificate, key) = (Some(folder.path().join("cert.pem")), Some(folder.path().join("cert.pem")));
        let settings = Http { bind: SocketAddr::from(([127, 0, 0, 1], 0)), certificate, key, ..Http::default() };
        let error = Bound::bind(&settings).await.err().unwrap().to_string();
        assert!(error.contains("http.certificate") && error.contains("cert.pem"), "{error}");
    }
}
