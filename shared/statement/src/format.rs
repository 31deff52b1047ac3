//! The formats of statement files.

/// A format of a statement file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Comma-separated values as Excel reads them in Brazil: `;`, decimal comma, `dd/mm/aaaa`.
    CsvBr,
    /// Comma-separated values for other countries: `,`, decimal point, ISO 8601 dates.
    CsvIntl,
    /// OFX 1.02, "Money 2000": SGML in Windows-1252, the format that Brazilian software imports
    /// first.
    Ofx102,
    /// OFX 2.2: XML in UTF-8.
    Ofx220,
    /// One JSON object per line, in UTF-8; amounts are integer cents.
    JsonLines,
    /// ISO 20022 camt.053.001.08, for treasury systems.
    Camt053,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::CsvBr, Self::CsvIntl, Self::Ofx102, Self::Ofx220, Self::JsonLines, Self::Camt053];

    /// Returns the name of the format, for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CsvBr => "csv_br",
            Self::CsvIntl => "csv_intl",
            Self::Ofx102 => "ofx_102",
            Self::Ofx220 => "ofx_220",
            Self::JsonLines => "json_lines",
            Self::Camt053 => "camt_053",
        }
    }
}
