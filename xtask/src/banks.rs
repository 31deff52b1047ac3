//! `cargo xtask banks`: writes the table of banks from `shared/brazil/data/banks.csv`.

use serde::Deserialize;

/// One line of the list, with the names of its columns.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BankRow {
    compe: String,
    ispb: String,
    short_name: String,
    name: String,
    pix: String,
}

/// Returns the Rust file of a list. The tests of `brazil` check that the numbers are unique.
pub(crate) fn table(list: &str) -> Result<String, String> {
    let rows: Result<Vec<BankRow>, _> =
        csv::Reader::from_reader(list.as_bytes()).deserialize().collect();
    let mut rows = rows.map_err(|cause| cause.to_string())?;
    rows.sort_by(|one, other| one.ispb.cmp(&other.ispb));
    let mut text = String::from(HEAD);
    for row in &rows {
        text.push_str(&line(row)?);
    }
    text.push_str("];\n");
    Ok(text)
}

const HEAD: &str = "\
//! Generated from `data/banks.csv` by `cargo xtask banks`; change the list, not this file.

use super::institution::{Bank, PixParticipation as Pix};

/// Makes one row. Each row is one line, so that a diff of a new list shows the changed rows.
const fn bank(
    ispb: &'static str,
    code: Option<&'static str>,
    short_name: &'static str,
    name: &'static str,
    pix: Pix,
) -> Bank {
    Bank { ispb, code, short_name, name, pix }
}

/// The institutions, sorted by ISPB because `Bank::by_ispb` searches by halves.
#[rustfmt::skip]
pub(super) static BANKS: &[Bank] = &[
";

fn line(row: &BankRow) -> Result<String, String> {
    let pix = match row.pix.as_str() {
        "DRCT" => "Direct",
        "IDRT" => "Indirect",
        "" => "None",
        other => return Err(format!("{}: unknown participation in Pix: {other}", row.ispb)),
    };
    let code = Some(plain(&row.compe)).filter(|code| !code.is_empty());
    let (short_name, name) = (plain(&row.short_name), plain(&row.name));
    Ok(format!("    bank({:?}, {code:?}, {short_name:?}, {name:?}, Pix::{pix}),\n", row.ispb))
}

/// Removes repeated spaces, which the list has inside names.
fn plain(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_becomes_rows_in_the_order_of_the_ispb() {
        let list = "compe,ispb,short_name,name,pix\n\
                    003,04902979,AMAZONIA,\"Banco da  Amazônia, S.A.\",DRCT\n\
                    ,00000001,SEM COMPE,Só Pix \"IP\",IDRT\n";
        let table = table(list).expect("a list");
        let rows = table.strip_prefix(HEAD).expect("the same head for every list");
        assert_eq!(
            rows,
            "    bank(\"00000001\", None, \"SEM COMPE\", \"Só Pix \\\"IP\\\"\", Pix::Indirect),\n    \
             bank(\"04902979\", Some(\"003\"), \"AMAZONIA\", \"Banco da Amazônia, S.A.\", Pix::Direct),\n\
             ];\n"
        );
    }

    #[test]
    fn a_list_of_another_form_is_refused() {
        let other = "compe,ispb,short_name,name,pix\n001,00000000,BB,Banco do Brasil,PERHAPS\n";
        assert!(table(other).is_err());
        assert!(table("code,ispb\n001,00000000\n").is_err());
    }
}
