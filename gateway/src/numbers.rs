//! Telephone numbers: from what a trunk or a person wrote to E.164, and back to what a trunk or a person expects.
//!
//! The centre knows one form of each number, so that caps, screen pops and lists see one number however it was
//! written. The rules here are those of a Chinese numbering plan with international numbers beside it; service
//! numbers (95…, 400…, 1xx) have no international form and stay as they are.

use cordboard_core::Number;

/// The longest number taken from anywhere: E.164 allows 15 digits, the vendor's tagging 32.
const MAX_DIGITS: usize = 32;

/// What a person or a trunk wrote cannot be a number that is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number: 3 to 32 digits are expected, with + or a leading 0 if needed")]
pub struct NotANumber;

/// How a trunk writes numbers towards its carrier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrunkForm {
    /// National: `02165001000`, `13800138000`; others as `00` and the country code.
    #[default]
    National,
    /// `+8621…`.
    E164,
    /// `8621…` without the plus sign.
    Digits,
}

/// Reads a number as typed or received into the centre's form.
///
/// Understood: `+86…`, `0086…`, `86` before a full national number, `0` and area code, 11-digit mobile numbers,
/// 400/800 and short service numbers. Spaces, hyphens, dots and parentheses are passed over.
///
/// # Errors
/// [`NotANumber`] for anything else.
pub fn normalise(written: &str) -> Result<Number, NotANumber> {
    let mut plus = false;
    let mut digits = String::with_capacity(16);
    for (at, character) in written.trim().chars().enumerate() {
        match character {
            '+' if at == 0 => plus = true,
            '0'..='9' => digits.push(character),
            ' ' | '-' | '.' | '(' | ')' => {}
            _ => return Err(NotANumber),
        }
    }
    if !(3..=MAX_DIGITS).contains(&digits.len()) {
        return Err(NotANumber);
    }
    Ok(Number(match (plus, digits.as_str()) {
        (true, all) if all.starts_with("86") => mainland(&all[2..]).unwrap_or_else(|| format!("+{all}")),
        (true, all) => format!("+{all}"),
        (false, all) if all.starts_with("0086") => mainland(&all[4..]).unwrap_or_else(|| format!("+{}", &all[2..])),
        (false, all) if all.starts_with("00") => format!("+{}", &all[2..]),
        (false, all) if all.starts_with("86") && all.len() >= 12 => {
            mainland(&all[2..]).unwrap_or_else(|| all.to_owned())
        }
        (false, all) => mainland(all).unwrap_or_else(|| all.to_owned()),
    }))
}

/// The centre's form of a mainland number without country code; none: it is not a full one.
fn mainland(national: &str) -> Option<String> {
    let bytes = national.as_bytes();
    match (bytes.first()?, national.len()) {
        // 400 and 800 numbers and short service numbers exist inside the country only.
        (b'4' | b'8', 10) if national.starts_with("400") || national.starts_with("800") => Some(national.to_owned()),
        (b'1', 11) if (b'3'..=b'9').contains(&bytes[1]) => Some(format!("+86{national}")),
        (b'0', 10..=12) => Some(format!("+86{}", &national[1..])),
        (b'1'..=b'9', 9..=11) if area_of(national).is_some() => Some(format!("+86{national}")),
        _ => None,
    }
}

/// A number as people of the centre's country write it: `02165001000`, `13800138000`, `+442071838750`.
pub fn national(number: &Number) -> String {
    let Some(rest) = number.as_str().strip_prefix("+86") else { return number.0.clone() };
    match rest.as_bytes().first() {
        Some(b'1') if rest.len() == 11 => rest.to_owned(),
        _ => format!("0{rest}"),
    }
}

/// A number as a trunk's carrier expects it.
pub fn for_trunk(number: &Number, form: TrunkForm) -> String {
    match (form, number.as_str().strip_prefix('+')) {
        (TrunkForm::E164, _) => number.0.clone(),
        (TrunkForm::Digits, Some(digits)) => digits.to_owned(),
        (TrunkForm::National, Some(digits)) if !digits.starts_with("86") => format!("00{digits}"),
        (TrunkForm::National | TrunkForm::Digits, _) => national(number),
    }
}

/// City and province of a landline, from the public area codes; none for mobiles and places not listed.
pub fn city(number: &Number) -> Option<(&'static str, &'static str)> {
    area_of(number.as_str().strip_prefix("+86")?)
}

/// Area codes of the public numbering plan: municipalities and provincial capitals.
const AREAS: &[(&str, &str, &str)] = &[
    ("10", "北京", "北京"),
    ("20", "广州", "广东"),
    ("21", "上海", "上海"),
    ("22", "天津", "天津"),
    ("23", "重庆", "重庆"),
    ("24", "沈阳", "辽宁"),
    ("25", "南京", "江苏"),
    ("27", "武汉", "湖北"),
    ("28", "成都", "四川"),
    ("29", "西安", "陕西"),
    ("311", "石家庄", "河北"),
    ("351", "太原", "山西"),
    ("371", "郑州", "河南"),
    ("411", "大连", "辽宁"),
    ("431", "长春", "吉林"),
    ("451", "哈尔滨", "黑龙江"),
    ("471", "呼和浩特", "内蒙古"),
    ("512", "苏州", "江苏"),
    ("531", "济南", "山东"),
    ("532", "青岛", "山东"),
    ("551", "合肥", "安徽"),
    ("571", "杭州", "浙江"),
    ("574", "宁波", "浙江"),
    ("591", "福州", "福建"),
    ("592", "厦门", "福建"),
    ("731", "长沙", "湖南"),
    ("755", "深圳", "广东"),
    ("771", "南宁", "广西"),
    ("791", "南昌", "江西"),
    ("851", "贵阳", "贵州"),
    ("871", "昆明", "云南"),
    ("891", "拉萨", "西藏"),
    ("898", "海口", "海南"),
    ("931", "兰州", "甘肃"),
    ("951", "银川", "宁夏"),
    ("971", "西宁", "青海"),
    ("991", "乌鲁木齐", "新疆"),
];

fn area_of(national: &str) -> Option<(&'static str, &'static str)> {
    AREAS.iter().find(|(code, _, _)| national.starts_with(code)).map(|(_, city, province)| (*city, *province))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn one_number_however_it_is_written() {
        for written in ["02165001000", "+862165001000", "00862165001000", "862165001000", "021-6500 1000", "2165001000"]
        {
            assert_eq!(normalise(written).unwrap().as_str(), "+862165001000", "{written}");
        }
        for written in ["13800138000", "+8613800138000", "8613800138000", "008613800138000"] {
            assert_eq!(normalise(written).unwrap().as_str(), "+8613800138000", "{written}");
        }
        assert_eq!(normalise("4008001000").unwrap().as_str(), "4008001000");
        assert_eq!(normalise("+864008001000").unwrap().as_str(), "4008001000");
        assert_eq!(normalise("95588").unwrap().as_str(), "95588");
        assert_eq!(normalise("+44 20 7183 8750").unwrap().as_str(), "+442071838750");
        assert_eq!(normalise("00442071838750").unwrap().as_str(), "+442071838750");
    }

    #[test]
    fn what_is_no_number_is_said_so() {
        for written in ["", "ab", "12", "1+2345", "123456789012345678901234567890123", "sip:1234@x", "١٢٣٤"] {
            assert_eq!(normalise(written), Err(NotANumber), "{written}");
        }
    }

    #[test]
    fn written_for_people_and_trunks() {
        let landline = normalise("02165001000").unwrap();
        let abroad = normalise("+442071838750").unwrap();
        assert_eq!(national(&landline), "02165001000");
        assert_eq!(national(&normalise("13800138000").unwrap()), "13800138000");
        assert_eq!(national(&abroad), "+442071838750");
        assert_eq!(for_trunk(&landline, TrunkForm::E164), "+862165001000");
        assert_eq!(for_trunk(&landline, TrunkForm::Digits), "862165001000");
        assert_eq!(for_trunk(&landline, TrunkForm::National), "02165001000");
        assert_eq!(for_trunk(&abroad, TrunkForm::National), "00442071838750");
        assert_eq!(city(&landline), Some(("上海", "上海")));
        assert_eq!(city(&abroad), None);
    }
}
