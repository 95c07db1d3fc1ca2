//! Traditional characters that occur in orders, and what they are in simplified writing.
//!
//! Campaigns are mostly written in simplified characters; shoppers in Hong Kong, Macao and Taiwan write traditional ones.
//! Only characters with one simplified form are here, so that a name is never changed into another.

const TRADITIONAL: &str = "兩個點錢這裏裡來給麼嗎還開關門買賣過對樣請謝單幫換邊時間鐘後現會沒無熱溫凍檸鮮濃鐵黃綠紅龍烏葉雙蘆薈麵腸雞鴨魚飯湯優領搶 \
    減滿價舖鋪遠離區廣場園號樓學醫車機東國話說聽訂購從馬該頭種類飲飽餓顆條張塊隻標準醬絲絨蘋壓縮風麥蓋寶楊茲幾嘗鹹飄愛歡樂處 \
    備聯絡電腦網訊簡體術業務員層戶陽陰雲輕緩質線級練純粵豬雖當應總結經織維緊濕燒燙爐蔥薑蘿蔔筍餅餃饅饃滷鹵蠔蝦貴賬贈費貨運選 \
    適連進遲達週鄰鄉銀鑰錯鎮長閉閒隊際雜難靜響頂順須預頓顏願題顯飛館騎驗鬆魯麗齊齡奧喬岡島莊蓮蘇藍藥虧親覺觀計記設許試詢誤調 \
    談論證識譯讓豐負責趕跡軟轉辦農遞鄭釋針鍋鍵陳隨險霧韓駕髮鳳鴻鹽";
const SIMPLIFIED: &str = "两个点钱这里里来给么吗还开关门买卖过对样请谢单帮换边时间钟后现会没无热温冻柠鲜浓铁黄绿红龙乌叶双芦荟面肠鸡鸭鱼饭汤优领抢 \
    减满价铺铺远离区广场园号楼学医车机东国话说听订购从马该头种类饮饱饿颗条张块只标准酱丝绒苹压缩风麦盖宝杨兹几尝咸飘爱欢乐处 \
    备联络电脑网讯简体术业务员层户阳阴云轻缓质线级练纯粤猪虽当应总结经织维紧湿烧烫炉葱姜萝卜笋饼饺馒馍卤卤蚝虾贵账赠费货运选 \
    适连进迟达周邻乡银钥错镇长闭闲队际杂难静响顶顺须预顿颜愿题显飞馆骑验松鲁丽齐龄奥乔冈岛庄莲苏蓝药亏亲觉观计记设许试询误调 \
    谈论证识译让丰负责赶迹软转办农递郑释针锅键陈随险雾韩驾发凤鸿盐";

/// The simplified form of a character, or the character itself.
pub(crate) fn simplified(character: char) -> char {
    if character.is_ascii() {
        return character;
    }
    TRADITIONAL.chars().zip(SIMPLIFIED.chars()).find(|(from, _)| *from == character).map_or(character, |(_, to)| to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_belong_together() {
        assert_eq!(TRADITIONAL.chars().count(), SIMPLIFIED.chars().count());
        assert_eq!("熱拿鐵兩杯".chars().map(simplified).collect::<String>(), "热拿铁两杯");
    }
}
