//! `infra/access.toml`: what each function may do, and what it is given to do it with.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::right::{AwsResource, IamAction, Right};

/// The text of the declaration.
const DECLARATION: &str = include_str!("../../access.toml");

/// What is declared for one function, or for all that come in the same way. Rows are named by the
/// part of their partition key before `#`, and those of the other table as `deliveries/HEALTH`.
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
    /// Megabytes, if not the usual.
    pub(crate) memory: Option<u32>,
    /// The longest run in seconds, if not the usual.
    pub(crate) seconds: Option<u32>,
    /// How many may run at the same moment, where they could starve others.
    pub(crate) at_once: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SecretFamily {
    Pepper,
    Signing,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LaneName {
    Live,
    Retry,
    Orders,
    Exports,
}

/// Why the declaration is refused.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Not TOML, or a word that is not of a block.
    #[error("infra/access.toml: {0}")]
    Form(#[from] toml::de::Error),
    /// A function without a block.
    #[error("infra/access.toml has no block [{0}]")]
    Missing(String),
    /// A block without a function.
    #[error("infra/access.toml has a block [{0}], which is no function")]
    Unknown(String),
}

/// All blocks by name; each is taken once.
pub(crate) struct AccessDeclarations(BTreeMap<String, AccessBlock>);

impl AccessDeclarations {
    pub(crate) fn read() -> Result<Self, AccessError> {
        Ok(Self(toml::from_str(DECLARATION)?))
    }

    pub(crate) fn take(&mut self, name: &str) -> Result<AccessBlock, AccessError> {
        self.0.remove(name).ok_or_else(|| AccessError::Missing(name.to_owned()))
    }

    /// Nothing may be left when every function has taken its own.
    pub(crate) fn end(self) -> Result<(), AccessError> {
        self.0.into_keys().next().map_or(Ok(()), |name| Err(AccessError::Unknown(name)))
    }
}

impl AccessBlock {
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
        // Who writes a file looks whether it was ended before.
        let of_files = [
            ("s3:GetObject", &self.files_reads),
            ("s3:PutObject", &self.files_writes),
            ("s3:GetObject", &self.files_writes),
        ];
        let of_files =
            of_files.into_iter().flat_map(|(action, kinds)| kinds.iter().map(file(action)));
        rows.chain(indexes)
            .chain(of_files)
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
