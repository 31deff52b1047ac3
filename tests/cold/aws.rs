//! DynamoDB and Secrets Manager over TLS, on loopback. The table is the embedded one of the bundle.

use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde_json::json;
use tests::World;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::error::BoxError;

/// Roots of the system, where Debian and Amazon Linux have them.
const SYSTEM_ROOTS: [&str; 2] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
/// Largest request of the SDK.
const BODY_BYTES_MAX: usize = 16 * 1_024 * 1_024;

/// A server for the SDK of the functions.
pub(crate) struct AwsStandIn {
    /// Its URL.
    pub(crate) url: String,
    /// The file with its authority, in place of the few roots that a function has on AWS.
    pub(crate) roots: PathBuf,
    /// An empty folder.
    pub(crate) no_roots: PathBuf,
}

impl AwsStandIn {
    /// Starts the server, which ends with the process. The functions trust its authority, and the roots of the
    /// system if `system_roots` is set.
    pub(crate) async fn start(world: Arc<World>, system_roots: bool) -> Result<Self, BoxError> {
        let (config, authority) = certificate()?;
        let roots = std::env::temp_dir().join(format!("trilho-cold-{}.pem", std::process::id()));
        let others = SYSTEM_ROOTS.iter().filter(|_| system_roots);
        let others = others.filter_map(|file| fs::read_to_string(file).ok()).next();
        fs::write(&roots, others.unwrap_or_default() + &authority)?;
        let no_roots = roots.with_extension("none");
        fs::create_dir_all(&no_roots)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("https://localhost:{}", listener.local_addr()?.port());
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, world) = (acceptor.clone(), Arc::clone(&world));
                tokio::spawn(async move {
                    let _ = stream.set_nodelay(true);
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let answer = hyper::service::service_fn(move |request| {
                        let world = Arc::clone(&world);
                        async move { Ok::<_, Infallible>(respond(&world, request).await) }
                    });
                    let server = hyper::server::conn::http1::Builder::new();
                    let _ = server.serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        Ok(Self { url, roots, no_roots })
    }
}

impl Drop for AwsStandIn {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.roots);
        let _ = fs::remove_dir(&self.no_roots);
    }
}

/// Returns a server for `localhost`, and the certificate of its authority.
fn certificate() -> Result<(ServerConfig, String), BoxError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Authority of the measurement");
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let server =
        CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &authority)?;
    let private = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![server.der().to_vec().into()], private)?;
    Ok((config, authority.pem()))
}

async fn respond(world: &World, request: Request<Incoming>) -> Response<Body> {
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
    let target = target.unwrap_or_default().to_owned();
    let body = to_bytes(Body::new(request.into_body()), BODY_BYTES_MAX).await;
    let (status, text) = match (target.split_once('.'), body) {
        (Some(("secretsmanager", "GetSecretValue")), Ok(_)) => (200, secret()),
        (Some((_, operation)), Ok(body)) => world.bundle.table_response(operation, &body),
        _ => (400, "{}".to_owned()),
    };
    let mut response = Response::new(Body::from(Bytes::from(text)));
    *response.status_mut() = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    let json = axum::http::HeaderValue::from_static("application/x-amz-json-1.0");
    response.headers_mut().insert("content-type", json);
    response
}

fn secret() -> String {
    json!({ "ARN": "a", "Name": "pepper", "VersionId": "1", "SecretString": tests::pepper(&[1]).0 })
        .to_string()
}
