"""What households grow and raise: the products that incomes and prices name."""

from features.contract import codes

PRODUCTS = codes(
    ("grain", "grain", "粮食"),
    ("orange", "navel orange", "脐橙"),
    ("plum", "plum", "脆李"),
    ("tobacco", "tobacco", "烟叶"),
    ("pig", "pigs", "生猪"),
    ("vegetables", "vegetables", "蔬菜"),
    ("fruit", "other fruit", "其他水果"),
    ("tea", "tea", "茶叶"),
    ("herbs", "medicinal herbs", "中药材"),
    ("poultry", "poultry", "家禽"),
    ("cattle_sheep", "cattle, sheep and goats", "牛羊"),
    ("fish", "fish", "水产"),
    ("other", "other", "其他"),
)
