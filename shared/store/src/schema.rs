//! The definition of the tables. Both are the same, but only one has a stream.
//! `infra/template.yaml` must define the same tables.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};
use domain::kernel::Error;

use crate::{Store, table};

impl Store {
    /// Creates the tables if they do not exist, for the local bundle and the tests. On AWS the
    /// stack creates them.
    pub async fn ensure_tables(&self) -> Result<(), Error> {
        // Nothing reads a stream of deliveries, so their table has none.
        self.ensure_table(&self.main, Some(stream())).await?;
        self.ensure_table(&self.deliveries, None).await
    }

    async fn ensure_table(
        &self,
        name: &str,
        stream: Option<StreamSpecification>,
    ) -> Result<(), Error> {
        let described = self.client.describe_table().table_name(name).send().await;
        match described {
            Ok(_) => return Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_resource_not_found_exception() => {
            }
            Err(error) => return Err(Error::unavailable(error)),
        }
        let mut create = self
            .client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(keys((table::PK, table::SK))))
            .set_stream_specification(stream);
        for key in [table::PK, table::SK] {
            create = create.attribute_definitions(text(key));
        }
        let indexes = [
            (table::BY_STATUS, table::STATUS_KEYS, ProjectionType::All),
            (table::BY_DUE, table::DUE_KEYS, ProjectionType::KeysOnly),
        ];
        for (index, keys, projection) in indexes {
            create = create
                .attribute_definitions(text(keys.0))
                .attribute_definitions(text(keys.1))
                .global_secondary_indexes(global_index(index, keys, projection));
        }
        create.send().await.map_err(Error::unavailable)?;
        let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(table::TTL);
        self.client
            .update_time_to_live()
            .table_name(name)
            .time_to_live_specification(ttl.build().expect("both fields are set"))
            .send()
            .await
            .map_err(Error::unavailable)?;
        Ok(())
    }
}

fn text(name: &str) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .expect("both fields are set")
}

fn keys((hash, range): (&str, &str)) -> Vec<KeySchemaElement> {
    [(hash, KeyType::Hash), (range, KeyType::Range)]
        .map(|(name, kind)| {
            let element = KeySchemaElement::builder().attribute_name(name).key_type(kind);
            element.build().expect("both fields are set")
        })
        .to_vec()
}

fn global_index(
    name: &str,
    names: (&str, &str),
    projection: ProjectionType,
) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(keys(names)))
        .projection(Projection::builder().projection_type(projection).build())
        .build()
        .expect("all fields are set")
}

fn stream() -> StreamSpecification {
    StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewImage)
        .build()
        .expect("the required field is set")
}
