//! The name of a file in the bucket.

use std::fmt;

use domain::kernel::{AccountId, ExportId};

/// The name of a file: `statements/<account>/<export>.<extension>`. It always has the account.
/// Callers take the account from the credential, so they cannot name a file of another account
/// (fault row 99). Roles get their rights by the first part (infra/access.toml).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileKey(String);

impl FileKey {
    /// Returns the name of the file of a statement export. The extension comes from our own code,
    /// never from a request.
    ///
    /// # Panics
    /// If the extension has other characters than lower-case letters and digits.
    pub fn statement(account_id: AccountId, export_id: ExportId, extension: &'static str) -> Self {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        assert!(
            !extension.is_empty() && extension.bytes().all(plain),
            "{extension:?} is not an extension"
        );
        Self(format!("statements/{account_id}/{export_id}.{extension}"))
    }

    /// Returns the key for S3. It has letters, digits, `_`, `.` and `/`, which a URL does not
    /// escape.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use domain::kernel::Id;
    use ulid::Ulid;

    use super::*;

    fn key(extension: &'static str) -> FileKey {
        let account_id = AccountId::from_ulid(Ulid::from_parts(1_795_000_000_000, 7));
        FileKey::statement(account_id, ExportId::from_ulid(Ulid::from_parts(1, 1)), extension)
    }

    #[test]
    fn a_key_begins_with_its_kind_and_its_account() {
        let expected =
            "statements/acc_01M7Q5CQG00000000000000007/exp_00000000010000000000000001.csv";
        assert_eq!(key("csv").as_str(), expected);
    }

    #[test]
    #[should_panic(expected = "is not an extension")]
    fn an_extension_leads_nowhere_else() {
        key("csv/../..");
    }
}
