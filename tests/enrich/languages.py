"""Headlines of the same three events in eighteen languages, written for this project."""

from __future__ import annotations

HEADLINES: dict[str, tuple[str, ...]] = {
    "en": (
        "The government said on Monday that it would not raise taxes this year.",
        "Rescue workers searched the river for two missing fishermen.",
        "Shares fell after the company warned of weaker sales.",
    ),
    "de": (
        "Die Regierung will die Steuern in diesem Jahr nicht erhöhen.",
        "Rettungskräfte suchten am Fluss nach zwei vermissten Fischern.",
        "Die Aktien fielen, nachdem das Unternehmen vor schwächeren Umsätzen gewarnt hatte.",
    ),
    "fr": (
        "Le gouvernement a annoncé lundi qu'il n'augmenterait pas les impôts cette année.",
        "Les secouristes ont cherché deux pêcheurs disparus dans la rivière.",
        "Les actions ont baissé après un avertissement de l'entreprise sur ses ventes.",
    ),
    "es": (
        "El gobierno dijo el lunes que no subirá los impuestos este año.",
        "Los equipos de rescate buscaron en el río a dos pescadores desaparecidos.",
        "Las acciones cayeron después de que la empresa advirtiera de menores ventas.",
    ),
    "it": (
        "Il governo ha detto lunedì che quest'anno non aumenterà le tasse.",
        "I soccorritori hanno cercato nel fiume due pescatori dispersi.",
        "Le azioni sono scese dopo che la società ha previsto vendite più deboli.",
    ),
    "pt": (
        "O governo disse na segunda-feira que não vai aumentar os impostos este ano.",
        "As equipas de socorro procuraram no rio dois pescadores desaparecidos.",
        "As ações caíram depois de a empresa avisar que as vendas seriam mais fracas.",
    ),
    "nl": (
        "De regering zei maandag dat zij de belastingen dit jaar niet zal verhogen.",
        "Reddingswerkers zochten in de rivier naar twee vermiste vissers.",
        "De aandelen daalden nadat het bedrijf had gewaarschuwd voor lagere verkopen.",
    ),
    "pl": (
        "Rząd ogłosił w poniedziałek, że w tym roku nie podniesie podatków.",
        "Ratownicy szukali w rzece dwóch zaginionych rybaków.",
        "Akcje spadły po tym, jak spółka ostrzegła przed słabszą sprzedażą.",
    ),
    "sv": (
        "Regeringen sade på måndagen att skatterna inte höjs i år.",
        "Räddningstjänsten sökte efter två försvunna fiskare i floden.",
        "Aktierna föll efter att bolaget varnat för svagare försäljning.",
    ),
    "tr": (
        "Hükümet pazartesi günü bu yıl vergileri artırmayacağını açıkladı.",
        "Kurtarma ekipleri nehirde kaybolan iki balıkçıyı aradı.",
        "Şirketin satışların düşeceği uyarısının ardından hisseler geriledi.",
    ),
    "ru": (
        "Правительство заявило в понедельник, что не будет повышать налоги в этом году.",
        "Спасатели искали в реке двух пропавших рыбаков.",
        "Акции упали после того, как компания предупредила о снижении продаж.",
    ),
    "uk": (
        "Уряд заявив у понеділок, що цього року не підвищуватиме податки.",
        "Рятувальники шукали в річці двох зниклих рибалок.",
        "Акції впали після того, як компанія попередила про менші продажі.",
    ),
    "ar": (
        "قالت الحكومة يوم الاثنين إنها لن ترفع الضرائب هذا العام.",
        "بحث رجال الإنقاذ في النهر عن صيادين مفقودين.",
        "تراجعت الأسهم بعد أن حذرت الشركة من ضعف المبيعات.",
    ),
    "fa": (
        "دولت روز دوشنبه اعلام کرد که امسال مالیات‌ها را افزایش نمی‌دهد.",
        "امدادگران در رودخانه به دنبال دو ماهیگیر گمشده گشتند.",
        "سهام پس از هشدار شرکت درباره کاهش فروش افت کرد.",
    ),
    "zh": (
        "政府星期一表示，今年不会提高税收。",
        "救援人员在河里搜寻两名失踪的渔民。",
        "该公司警告销售疲软后，股价下跌。",
    ),
    "ja": (
        "政府は月曜日、今年は増税しないと発表した。",
        "救助隊は川で行方不明の漁師二人を捜した。",
        "会社が売り上げの減少を警告した後、株価は下落した。",
    ),
    "hi": (
        "सरकार ने सोमवार को कहा कि वह इस साल कर नहीं बढ़ाएगी।",
        "बचावकर्मियों ने नदी में दो लापता मछुआरों की तलाश की।",
        "कंपनी की कमज़ोर बिक्री की चेतावनी के बाद शेयर गिर गए।",
    ),
    "id": (
        "Pemerintah mengatakan pada hari Senin bahwa pajak tidak akan dinaikkan tahun ini.",
        "Tim penyelamat mencari dua nelayan yang hilang di sungai.",
        "Saham turun setelah perusahaan memperingatkan penjualan yang lebih lemah.",
    ),
}
