//! Links by which whoever has one fetches a file for a while, without a credential of ours.
//!
//! Signed with `aws-sigv4` alone: the client of S3 would be a quarter of a function's size, and a link
//! is made without sending anything.
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

/// How long a link works. It is followed at once, by the program that asked for it, and asked for
/// again at any time; and whoever else gets hold of it can use it no longer than this (fault row 99).
/// On AWS it ends earlier if the function's own credentials do.
pub const LINK_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// The longest file name that is handed on.
const FILE_NAME_LENGTH_MAX: usize = 100;

/// What SigV4 leaves as it is; everything else is escaped, a space too.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URL of a link. Whoever has it has the file, so it is shown by [`SignedUrl::expose`] alone and
/// appears in no log.
#[derive(Clone)]
pub struct SignedUrl(String);

impl SignedUrl {
    /// The URL, for the answer to whoever may have the file.
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
    /// A plain GET of it answers with the file.
    pub url: SignedUrl,
    /// When it stops.
    pub expires_at: Timestamp,
}

/// Makes links to files of one bucket. Cheap to clone.
#[derive(Clone)]
pub struct Links {
    credentials: SharedCredentialsProvider,
    region: String,
    /// `https://host` or `http://host:port/bucket`: all of a URL before the key's `/`.
    base: String,
}

impl Links {
    /// To files of this bucket, in the name of whoever these settings belong to: a link opens what its
    /// maker could open. With an endpoint of its own in the settings, which a stand-in for AWS has, the
    /// bucket is named in the path, and otherwise in the host.
    ///
    /// # Panics
    /// When the settings have no region or no credentials, which a Lambda function always has.
    pub fn new(aws: &SdkConfig, bucket: &str) -> Self {
        let credentials = aws.credentials_provider().expect("settings with credentials");
        let region = aws.region().expect("settings with a region").to_string();
        let base = match aws.endpoint_url() {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        };
        Self { credentials, region, base }
    }

    /// A link to this file, which browsers save under `file_name`. Whether the file is there is not
    /// looked at.
    pub async fn link(
        &self,
        key: &FileKey,
        file_name: &str,
        content_type: &str,
        now: Timestamp,
    ) -> Result<Link, Error> {
        let disposition = format!("attachment; filename=\"{}\"", safe(file_name));
        let escaped = |text| utf8_percent_encode(text, ESCAPED).to_string();
        let url = format!(
            "{}/{key}?response-content-disposition={}&response-content-type={}",
            self.base,
            escaped(&disposition),
            escaped(content_type),
        );
        // Signatures count in seconds.
        let now = Timestamp::from_second(now.as_second()).map_err(Error::internal)?;
        let credentials = self.credentials.provide_credentials().await;
        let identity = credentials.map_err(Error::unavailable)?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(now.into())
            .settings(settings())
            .build()
            .map_err(Error::internal)?;
        let signed = signature(&url, &params.into()).map_err(Error::internal)?;
        let signed = signed.iter().map(|(name, value)| format!("&{name}={}", escaped(value)));
        let url = url.clone() + &signed.collect::<String>();
        Ok(Link { url: SignedUrl(url), expires_at: now + LINK_LIFETIME })
    }
}

/// As S3 signs: the path once escaped and as it is, the signature in the query.
fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(LINK_LIFETIME);
    settings
}

/// What the query of a GET needs besides.
fn signature(
    url: &str,
    params: &aws_sigv4::http_request::SigningParams<'_>,
) -> Result<Vec<(String, String)>, SigningError> {
    let request =
        SignableRequest::new("GET", url, std::iter::empty(), SignableBody::UnsignedPayload)?;
    let (instructions, _) = sign(request, params)?.into_parts();
    let params = instructions.params().iter();
    Ok(params.map(|(name, value)| ((*name).to_owned(), value.to_string())).collect())
}

/// A name that means the same to every browser and operating system: no quotes, no paths, no scripts.
fn safe(file_name: &str) -> String {
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

    /// The one example of AWS: a GET of `test.txt`, for a day.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>
    #[test]
    fn the_signature_is_the_one_of_the_documentation() {
        let identity = credentials(None).into();
        let mut settings = settings();
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
        let signed = signature(url, &params.into()).expect("signed");
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
    async fn neither_link_nor_maker_shows_a_secret() {
        let link = link(None, "a.csv").await;
        let shown = format!("{link:?}");
        assert!(shown.contains("SignedUrl(..)") && !shown.contains("X-Amz"), "{shown}");
    }
}
