"""Traditional characters of the words that ledgers' headers and codes are written in.

Every character of the shipped mappings that has another, traditional form, by OpenCC's table of characters
(TSCharacters.txt); the two texts run side by side.
"""

TRADITIONAL = (
    "與專業嚴喪個箇義鄉虧產産親會體兒關養內農決況準減齣剛創別彆製辦務動勞區醫昇陞單衛厤曆歷"
    "縣參蔘發髮變檯臺颱號喫閤衕後員迴園睏圍國場備婦孫學實審傢對導侷屬崗嶽佈幫乾幹榦應開彔録"
    "錄態総願戶執報擔擬損換據敎數斷無時朮術機條來構査標覈檔殘註潔測滯靈災點狀環現電療監碼碩種"
    "稱穩篩籌簽籤類係繫級紀緯純納綫線組細終經結統繼續編緣職聯脫緻範葯藥營錶見規視計訂認訓議記"
    "論訪証證評識訴診話詳負責敗賬貧費資車較輟邊遷適鑑鑒銀銷鎭鎮長門問間階險難僱麪麫麵項預領頻"
    "題額風飯飲齡"
)
SIMPLIFIED = (
    "与专业严丧个个义乡亏产产亲会体儿关养内农决况准减出刚创别别制办务动劳区医升升单卫历历历"
    "县参参发发变台台台号吃合同后员回园困围国场备妇孙学实审家对导局属岗岳布帮干干干应开录录"
    "录态总愿户执报担拟损换据教数断无时术术机条来构查标核档残注洁测滞灵灾点状环现电疗监码硕种"
    "称稳筛筹签签类系系级纪纬纯纳线线组细终经结统继续编缘职联脱致范药药营表见规视计订认训议记"
    "论访证证评识诉诊话详负责败账贫费资车较辍边迁适鉴鉴银销镇镇长门问间阶险难雇面面面项预领频"
    "题额风饭饮龄"
)
