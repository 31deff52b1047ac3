//! The name of a file in the bucket.

use std::fmt;

use domain::kernel::{AccountId, ExportId};

/// Where a file is: `statements/<account>/<export>.<extension>`. It cannot be made without the account,
/// so whoever takes the account from the credential can name no file of another (fault row 99). The
/// first part is what roles are given rights by (infra/access.toml).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileKey(String);

impl FileKey {
    /// The file of a statement export. The extension comes from our own code, never from a request.
    ///
    /// # Panics
    /// When the extension has anything but lower-case letters and digits.
    pub fn statement(account_id: AccountId, export_id: ExportId, extension: &'static str) -> Self {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        assert!(
            !extension.is_empty() && extension.bytes().all(plain),
            "{extension:?} is no extension"
        );
        Self(format!("statements/{account_id}/{export_id}.{extension}"))
    }

    /// As S3 names it: letters, digits, `_`, `.` and `/`, none of which is escaped in a URL.
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
    #[should_panic(expected = "is no extension")]
    fn an_extension_leads_nowhere_else() {
        key("csv/../..");
    }
}
