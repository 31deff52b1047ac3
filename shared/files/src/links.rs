//! Links that fetch a file for a limited time, without a credential of ours.
//!
//! Signed with `aws-sigv4` alone, because the S3 client would be a quarter of a function's size
//! and a link needs no request.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use std::fmt;
use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningError,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_types::SdkConfig;
use domain::kernel::Error;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::FileKey;

/// Lifetime of a link. The program that asks for it follows it at once, and can ask again at any
/// time. The limit protects the file if another person gets the link (fault row 99). On AWS it
/// ends earlier if the function's own credentials do.
pub const LINK_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Lifetime of a link for a viewer of sensitive files, who opens it at once.
pub const VIEW_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Maximum number of characters of a file name.
const FILE_NAME_LENGTH_MAX: usize = 100;

/// Characters that SigV4 escapes: all but these four, also a space.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URL of a link. The URL alone grants access to the file, so only [`SignedUrl::expose`] shows
/// it, and no log contains it.
#[derive(Clone)]
pub struct SignedUrl(pub(crate) String);

impl SignedUrl {
    /// Returns the URL, for the answer to a caller with access to the file.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedUrl(..)")
    }
}

/// A link to one file.
#[derive(Debug, Clone)]
pub struct Link {
    /// URL that answers a plain GET with the file.
    pub url: SignedUrl,
    /// Time at which the link expires.
    pub expires_at: Timestamp,
}

/// Signs links to files of one bucket. Cheap to clone.
#[derive(Clone)]
pub struct Links {
    credentials: SharedCredentialsProvider,
    region: String,
    /// Part of the URL before the `/` of the key: `https://host` or `http://host:port/bucket`.
    base: String,
}

impl Links {
    /// Returns a signer for files of this bucket with the credentials of the settings. A link can
    /// only open what the signer can open. If the settings have an endpoint, as a stand-in for AWS
    /// does, the bucket is in the path, and otherwise in the host.
    ///
    /// # Panics
    /// If the settings have no region or no credentials. A Lambda function always has both.
    pub fn new(aws: &SdkConfig, bucket: &str) -> Self {
        let credentials = aws.credentials_provider().expect("settings with credentials");
        let region = aws.region().expect("settings with a region").to_string();
        let base = match aws.endpoint_url() {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        };
        Self { credentials, region, base }
    }

    /// Returns a link to this file, which browsers save under `file_name`. It does not check that
    /// the file exists.
    pub async fn link(
        &self,
        key: &FileKey,
        file_name: &str,
        content_type: &str,
        now: Timestamp,
    ) -> Result<Link, Error> {
        self.link_for(LINK_LIFETIME, key, file_name, content_type, now).await
    }

    /// Returns a link like [`Links::link`] with this lifetime.
    pub async fn link_for(
        &self,
        lifetime: Duration,
        key: &FileKey,
        file_name: &str,
        content_type: &str,
        now: Timestamp,
    ) -> Result<Link, Error> {
        let disposition = format!("attachment; filename=\"{}\"", safe_name(file_name));
        let escaped = |text| utf8_percent_encode(text, ESCAPED).to_string();
        let url = format!(
            "{}/{key}?response-content-disposition={}&response-content-type={}",
            self.base,
            escaped(&disposition),
            escaped(content_type),
        );
        let (url, expires_at) = self.sign("GET", url, &[], (now, lifetime)).await?;
        Ok(Link { url, expires_at })
    }

    /// Returns the URL of a file without a signature.
    pub(crate) fn plain_url(&self, key: &FileKey) -> String {
        format!("{}/{key}", self.base)
    }

    /// Signs a request to a URL, with these headers in addition to the host. Returns the URL, and the time at which
    /// it expires.
    pub(crate) async fn sign(
        &self,
        method: &str,
        url: String,
        headers: &[(&'static str, String)],
        (now, lifetime): (Timestamp, Duration),
    ) -> Result<(SignedUrl, Timestamp), Error> {
        let escaped = |text| utf8_percent_encode(text, ESCAPED).to_string();
        // Signatures count in seconds.
        let now = Timestamp::from_second(now.as_second()).map_err(Error::internal)?;
        let credentials = self.credentials.provide_credentials().await;
        let identity = credentials.map_err(Error::unavailable)?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(now.into())
            .settings(settings(lifetime))
            .build()
            .map_err(Error::internal)?;
        let signed = signature(method, &url, headers, &params.into()).map_err(Error::internal)?;
        let signed = signed.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
        let begin = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{begin}{}", signed.collect::<Vec<_>>().join("&"));
        Ok((SignedUrl(url), now + lifetime))
    }
}

/// Returns the settings of S3: the path is escaped once and not normalised, and the signature is
/// in the query.
fn settings(lifetime: Duration) -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(lifetime);
    settings
}

/// Returns the other parameters of the query of a request.
fn signature(
    method: &str,
    url: &str,
    headers: &[(&'static str, String)],
    params: &aws_sigv4::http_request::SigningParams<'_>,
) -> Result<Vec<(String, String)>, SigningError> {
    let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
    let request = SignableRequest::new(method, url, headers, SignableBody::UnsignedPayload)?;
    let (instructions, _) = sign(request, params)?.into_parts();
    let params = instructions.params().iter();
    Ok(params.map(|(name, value)| ((*name).to_owned(), value.to_string())).collect())
}

/// Returns a name with the same meaning in every browser and operating system: no quotes, paths or
/// other scripts.
fn safe_name(file_name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let letters = file_name.chars().map(|letter| if plain(letter) { letter } else { '_' });
    letters.take(FILE_NAME_LENGTH_MAX).collect()
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use aws_types::region::Region;
    use domain::kernel::{AccountId, ExportId, Id};
    use ulid::Ulid;

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn credentials(token: Option<&str>) -> Credentials {
        let token = token.map(str::to_owned);
        Credentials::new("AKIAIOSFODNN7EXAMPLE", SECRET, token, None, "tests")
    }

    fn links(endpoint: Option<&str>) -> Links {
        let provider = SharedCredentialsProvider::new(credentials(Some("a/token+of=a role")));
        let mut aws =
            SdkConfig::builder().credentials_provider(provider).region(Region::new("sa-east-1"));
        aws.set_endpoint_url(endpoint.map(str::to_owned));
        Links::new(&aws.build(), "files")
    }

    async fn link(endpoint: Option<&str>, file_name: &str) -> Link {
        let (account, export) = (Ulid::from_parts(1, 1), Ulid::from_parts(1, 2));
        let (account, export) = (AccountId::from_ulid(account), ExportId::from_ulid(export));
        let key = FileKey::statement(account, export, "csv");
        let now = "2026-11-23T12:00:00.9Z".parse().expect("a timestamp");
        links(endpoint).link(&key, file_name, "text/csv", now).await.expect("a link")
    }

    /// The example in the AWS documentation: a GET of `test.txt`, for a day.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>
    #[test]
    fn the_signature_is_the_one_of_the_documentation() {
        let identity = credentials(None).into();
        let mut settings = settings(LINK_LIFETIME);
        settings.expires_in = Some(Duration::from_secs(86_400));
        let at: Timestamp = "2013-05-24T00:00:00Z".parse().expect("a timestamp");
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("s3")
            .time(at.into())
            .settings(settings)
            .build()
            .expect("complete");
        let url = "https://examplebucket.s3.amazonaws.com/test.txt";
        let signed = signature("GET", url, &[], &params.into()).expect("signed");
        let signature = signed.iter().find(|(name, _)| name == "X-Amz-Signature");
        let expected = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        assert_eq!(signature.map(|(_, value)| value.as_str()), Some(expected));
    }

    #[tokio::test]
    async fn a_link_names_the_bucket_in_the_host_on_aws_and_in_the_path_elsewhere() {
        let key = "/statements/acc_00000000010000000000000001/exp_00000000010000000000000002.csv?";
        for (endpoint, base) in [
            (None, "https://files.s3.sa-east-1.amazonaws.com"),
            (Some("http://127.0.0.1:4000/"), "http://127.0.0.1:4000/files"),
        ] {
            let link = link(endpoint, "a.csv").await;
            let url = link.url.expose();
            assert!(url.starts_with(&format!("{base}{key}")), "{url}");
            assert!(url.contains("&X-Amz-Expires=900&"), "{url}");
            assert!(url.contains("&X-Amz-Security-Token=a%2Ftoken%2Bof%3Da%20role"), "{url}");
            assert_eq!(link.expires_at.to_string(), "2026-11-23T12:15:00Z");
        }
    }

    #[tokio::test]
    async fn a_file_name_cannot_leave_its_quotes() {
        let name = format!("extrato \"á\"/..\r\n{}", "x".repeat(200));
        let link = link(None, &name).await;
        let (_, rest) = link.url.expose().split_once("filename%3D%22").expect("a name");
        let (name, _) = rest.split_once("%22&").expect("closed");
        assert_eq!(name, format!("extrato_____..__{}", "x".repeat(84)));
    }

    #[tokio::test]
    async fn the_debug_output_of_a_link_shows_no_secret() {
        let link = link(None, "a.csv").await;
        let shown = format!("{link:?}");
        assert!(shown.contains("SignedUrl(..)") && !shown.contains("X-Amz"), "{shown}");
    }
}
