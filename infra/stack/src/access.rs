//! `infra/access.toml`: the rights, memory and time of each function.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::right::{AwsResource, IamAction, Right};

/// The text of the file.
const DECLARATION: &str = include_str!("../../access.toml");

/// The declaration of one function, or of all that are started in the same way. Rows have the name
/// of their partition key before `#`; rows of the table of deliveries are written
/// `deliveries/HEALTH`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AccessBlock {
    reads: Vec<String>,
    finds: Vec<String>,
    lists: Vec<String>,
    lists_by_status: Vec<String>,
    lists_by_due: Vec<String>,
    puts: Vec<String>,
    updates: Vec<String>,
    deletes: Vec<String>,
    checks: Vec<String>,
    secrets: Vec<SecretFamily>,
    renews: Vec<SecretFamily>,
    sends: Vec<LaneName>,
    files_reads: Vec<String>,
    files_writes: Vec<String>,
    files_uploads: Vec<String>,
    /// Memory in megabytes, if not the default.
    pub(crate) memory: Option<u32>,
    /// Longest run in seconds, if not the default.
    pub(crate) seconds: Option<u32>,
    /// Reserved concurrency, for a function that could starve others.
    pub(crate) max_concurrency: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecretFamily {
    Pepper,
    Signing,
    ReceiptSigning,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LaneName {
    Live,
    Retry,
    Orders,
    Exports,
}

/// An error in the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccessError {
    /// The text is not TOML, or has an unknown field.
    #[error("infra/access.toml: {0}")]
    Form(#[from] toml::de::Error),
    /// A function without a block.
    #[error("infra/access.toml has no block [{0}]")]
    Missing(String),
    /// A block without a function.
    #[error("infra/access.toml has a block [{0}], but there is no such function")]
    Unknown(String),
}

/// All blocks by name. Each is taken once.
pub(crate) struct AccessDeclarations(BTreeMap<String, AccessBlock>);

impl AccessDeclarations {
    pub(crate) fn read() -> Result<Self, AccessError> {
        Ok(Self(toml::from_str(DECLARATION)?))
    }

    pub(crate) fn take(&mut self, name: &str) -> Result<AccessBlock, AccessError> {
        self.0.remove(name).ok_or_else(|| AccessError::Missing(name.to_owned()))
    }

    /// Fails if a block is left that no function has taken.
    pub(crate) fn end(self) -> Result<(), AccessError> {
        self.0.into_keys().next().map_or(Ok(()), |name| Err(AccessError::Unknown(name)))
    }
}

impl AccessBlock {
    /// Returns true if the function writes a row at which requests of an account take turns: the balances, or
    /// the numbers of its boletos.
    pub(crate) fn takes_turns(&self) -> bool {
        self.puts.iter().any(|family| ["LEDGER", "NUMBERS"].contains(&family.as_str()))
    }

    pub(crate) fn rights(&self) -> BTreeSet<Right> {
        let rows: [(IamAction, &Vec<String>); 7] = [
            ("dynamodb:BatchGetItem", &self.reads),
            ("dynamodb:GetItem", &self.finds),
            ("dynamodb:Query", &self.lists),
            ("dynamodb:PutItem", &self.puts),
            ("dynamodb:UpdateItem", &self.updates),
            ("dynamodb:DeleteItem", &self.deletes),
            ("dynamodb:ConditionCheckItem", &self.checks),
        ];
        let rows = rows.into_iter().flat_map(|(action, names)| {
            names.iter().map(move |name| {
                let (resource, family) = row(name);
                Right { resource, action, family: Some(family) }
            })
        });
        let indexes = [("by_status", &self.lists_by_status), ("by_due", &self.lists_by_due)];
        let indexes = indexes.into_iter().flat_map(|(index, names)| {
            names.iter().map(move |name| {
                let (table, family) = row(name);
                let resource = table.index(index).unwrap_or(table);
                Right { resource, action: "dynamodb:Query", family: Some(family) }
            })
        });
        let secret = |secret: &SecretFamily| match secret {
            SecretFamily::Pepper => AwsResource::Pepper,
            SecretFamily::Signing => AwsResource::Signing,
            SecretFamily::ReceiptSigning => AwsResource::ReceiptSigning,
        };
        let whole = |action, resource| Right { resource, action, family: None };
        let read = |name| whole("secretsmanager:GetSecretValue", secret(name));
        let write = |name| whole("secretsmanager:PutSecretValue", secret(name));
        let send = |lane: &LaneName| match lane {
            LaneName::Live => whole("sqs:SendMessage", AwsResource::Live),
            LaneName::Retry => whole("sqs:SendMessage", AwsResource::Retry),
            LaneName::Orders => whole("sqs:SendMessage", AwsResource::Orders),
            LaneName::Exports => whole("sqs:SendMessage", AwsResource::Exports),
        };
        let file = |action| {
            move |kind: &String| Right {
                resource: AwsResource::Files,
                action,
                family: Some(kind.clone()),
            }
        };
        // A function that writes a file first reads whether the file is complete.
        let file_rights = [
            ("s3:GetObject", &self.files_reads),
            ("s3:PutObject", &self.files_writes),
            ("s3:GetObject", &self.files_writes),
            ("s3:PutObject", &self.files_uploads),
        ];
        let file_rights =
            file_rights.into_iter().flat_map(|(action, kinds)| kinds.iter().map(file(action)));
        rows.chain(indexes)
            .chain(file_rights)
            .chain(self.secrets.iter().map(read))
            .chain(self.renews.iter().map(write))
            .chain(self.sends.iter().map(send))
            .collect()
    }
}

fn row(name: &str) -> (AwsResource, String) {
    match name.strip_prefix("deliveries/") {
        Some(family) => (AwsResource::Deliveries, family.to_owned()),
        None => (AwsResource::Main, name.to_owned()),
    }
}
