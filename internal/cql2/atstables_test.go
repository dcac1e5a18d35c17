package cql2

import "strings"

// counted is a table of the annex: on each line a layer, an expression with what
// repeats shortened (see whole), and how many features it finds.
type counted struct{ test, lines string }

// whole writes out what the tables below abbreviate.
var whole = strings.NewReplacer("geom,", "geometry,", ",geom)", ",geometry)", "$K", "'København'", "$P", "1038288",
	"$T", "TIMESTAMP('2022-04-16T10:13:19Z')", "$Q", "POLYGON((0 40,10 40,10 50,0 50,0 40))", "$D", "'2022-01-01','2022-12-31'",
	"$Y", "'2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'", "$I", "interval(start,end)", "$0", "2022-04-16T10:13:19Z", "$1", "2022-04-16T10:15:10Z", "$2", "2022-04-16T10:16:06Z",
	"$H", "POLYGON((-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50))", "$Z", "((0 0, 10 0, 10 10, 0 10, 0 0))",
	"$L", "POLYGON((6.043073357781111 50.128051662794235,6.242751092156993 49.90222565367873,6.186320428094177 49.463802802114515,5.897759230176348 49.44266714130711,5.674051954784829 49.529483547557504,5.782417433300907 50.09032786722122,6.043073357781111 50.128051662794235))",
	"$t", "6.043073357781111 50.128051662794235", "$e", "6.242751092156993 49.90222565367873")

// atsTables are the tables of annex A, by the test that they belong to.
//
// One line is not the annex's: of T_FINISHEDBY(interval(…13:19,…16:06), i) it says
// 0, and of its converse T_FINISHES(i, interval(…13:19,…16:06)) 1, which no data can
// give. Here both are 1.
func atsTables() []counted {
	return []counted{
		{"basic-cql2", `
countries|NAME='Luxembourg'|1
countries|NAME>='Luxembourg'|84
countries|NAME>'Luxembourg'|83
countries|NAME<='Luxembourg'|94
countries|NAME<'Luxembourg'|93
countries|NAME<>'Luxembourg'|176
countries|POP_EST=37589262|1
countries|POP_EST>=37589262|39
countries|POP_EST>37589262|38
countries|POP_EST<=37589262|139
countries|POP_EST<37589262|138
countries|POP_EST<>37589262|176
places|name IS NOT NULL|243
places|name IS NULL|0
places|name=$K|1
places|name>=$K|137
places|name>$K|136
places|name<=$K|107
places|name<$K|106
places|name<>$K|242
places|pop_other IS NOT NULL|243
places|pop_other IS NULL|0
places|pop_other=$P|1
places|pop_other>=$P|123
places|pop_other>$P|122
places|pop_other<=$P|121
places|pop_other<$P|120
places|pop_other<>$P|242
places|"date" IS NOT NULL|3
places|"date" IS NULL|240
places|"date"=DATE('2022-04-16')|1
places|"date">=DATE('2022-04-16')|2
places|"date">DATE('2022-04-16')|1
places|"date"<=DATE('2022-04-16')|2
places|"date"<DATE('2022-04-16')|1
places|"date"<>DATE('2022-04-16')|2
places|start IS NOT NULL|3
places|start IS NULL|240
places|start=$T|1
places|start<=$T|2
places|start<$T|1
places|start>=$T|2
places|start>$T|1
places|start<>$T|2
places|boolean IS NOT NULL|3
places|boolean IS NULL|240
places|boolean=true|2
places|boolean=false|1`},
		{"advanced-comparison-operators", `
places|name LIKE 'B_r%'|3
places|name NOT LIKE 'B_r%'|240
places|pop_other between 1000000 and 3000000|75
places|pop_other not between 1000000 and 3000000|168
places|name IN ('Kiev','kobenhavn','Berlin','athens','foo')|2
places|name NOT IN ('Kiev','kobenhavn','Berlin','athens','foo')|241
places|pop_other in (1038288,1611692,3013258,3013257,3013259)|3
places|pop_other not in (1038288,1611692,3013258,3013257,3013259)|240
places|"date" in (DATE('2021-04-16'),DATE('2022-04-16'),DATE('2022-04-18'))|2
places|"date" not in (DATE('2021-04-16'),DATE('2022-04-16'),DATE('2022-04-18'))|1
places|start in ($T)|1
places|start not in ($T)|2
places|boolean in (true)|2
places|boolean not in (false)|2`},
		{"case-insensitive-comparison", `
places|CASEI(name)=casei('KIEV')|1
places|CASEI(name)=casei('kiev')|1
places|CASEI(name)=casei('Kiev')|1
places|CASEI(name)=casei($K)|1
places|CASEI(name)=casei('københavn')|1
places|CASEI(name)=casei('KØBENHAVN')|1
places|CASEI(name) LIKE casei('B_r%')|3
places|CASEI(name) LIKE casei('b_r%')|3
places|CASEI(name) LIKE casei('B_R%')|3
places|CASEI(name) IN (casei('Kiev'), casei('kobenhavn'), casei('Berlin'), casei('athens'), casei('foo'))|3`},
		{"accent-insensitive-comparison", `
places|ACCENTI(name)=accenti($K)|1
places|ACCENTI(name)=accenti('Kobenhavn')|1
places|ACCENTI(name)=accenti('Kiev')|1
places|ACCENTI(CASEI(name))=accenti(casei('københavn'))|1
places|ACCENTI(CASEI(name))=accenti(casei('kobenhavn'))|1
places|ACCENTI(CASEI(name))=accenti(casei('KOBENHAVN'))|1
places|ACCENTI(CASEI(name))=accenti(casei('KØBENHAVN'))|1
places|ACCENTI(name) LIKE accenti('Ko%')|2
places|ACCENTI(CASEI(name)) LIKE accenti(casei('kØ%'))|2
places|ACCENTI(CASEI(name)) LIKE accenti(casei('kO%'))|2
places|ACCENTI(CASEI(name)) IN (accenti(casei('Kiev')), accenti(casei('kobenhavn')), accenti(casei('Berlin')), accenti(casei('athens')), accenti(casei('foo')))|4`},
		{"basic-spatial-functions", `
countries|S_INTERSECTS(geom,BBOX(0,40,10,50))|8
countries|S_INTERSECTS(geom,BBOX(150,-90,-150,90))|10
countries|S_INTERSECTS(geom,POINT(7.02 49.92))|1
countries|S_INTERSECTS(geom,BBOX(0,40,10,50)) and S_INTERSECTS(geom,BBOX(5,50,10,60))|3
countries|S_INTERSECTS(geom,BBOX(0,40,10,50)) and not S_INTERSECTS(geom,BBOX(5,50,10,60))|5
countries|S_INTERSECTS(geom,BBOX(0,40,10,50)) or S_INTERSECTS(geom,BBOX(-90,40,-60,50))|11
places|S_INTERSECTS(geom,BBOX(0,40,10,50))|7
rivers|S_INTERSECTS(geom,BBOX(-180,-90,0,90))|4`},
		{"basic-spatial-functions-plus", `
countries|S_INTERSECTS(geom,LINESTRING(-180 -45, 0 -45))|2
countries|S_INTERSECTS(geom,MULTILINESTRING((-180 -45, 0 -45), (0 45, 180 45)))|14
countries|S_INTERSECTS(geom,$H)|8
countries|S_INTERSECTS(geom,MULTIPOLYGON(((-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50)),$Z))|15
countries|S_INTERSECTS(geom,GEOMETRYCOLLECTION(POINT(7.02 49.92), POLYGON$Z))|8
countries|S_INTERSECTS(geom,$H) or S_INTERSECTS(geom,POLYGON$Z)|15
countries|S_INTERSECTS(geom,$H) and not S_INTERSECTS(geom,POLYGON((-130 0, 0 0, 0 50, -130 50, -130 0)))|3`},
		{"spatial-functions", `
countries|S_INTERSECTS(geom,$Q)|8
countries|S_INTERSECTS(geom,LINESTRING(0 40,10 50))|4
places|S_INTERSECTS(geom,$Q)|7
rivers|S_INTERSECTS(geom,LINESTRING(-60 -90,-60 90))|2
countries|S_DISJOINT(geom,BBOX(0,40,10,50))|169
countries|S_DISJOINT(geom,$Q)|169
countries|S_DISJOINT(geom,LINESTRING(0 40,10 50))|173
countries|S_DISJOINT(geom,POINT(7.02 49.92))|176
places|S_DISJOINT(geom,BBOX(0,40,10,50))|236
places|S_DISJOINT(geom,$Q)|236
rivers|S_DISJOINT(geom,BBOX(-180,-90,0,90))|9
rivers|S_DISJOINT(geom,LINESTRING(-60 -90,-60 90))|11
places|S_EQUALS(geom,POINT(6.1300028 49.6116604))|1
countries|S_TOUCHES(geom,$L)|3
countries|S_TOUCHES(geom,POINT($t))|3
countries|S_TOUCHES(geom,POINT($e))|2
countries|S_TOUCHES(geom,LINESTRING($t,$e))|3
rivers|S_CROSSES(geom,BBOX(0,40,10,50))|1
rivers|S_CROSSES(geom,LINESTRING(-60 -90,-60 90))|2
countries|S_WITHIN(geom,BBOX(-180,-90,0,90))|44
places|S_WITHIN(geom,BBOX(-180,-90,0,90))|74
rivers|S_WITHIN(geom,BBOX(-180,-90,0,90))|4
countries|S_CONTAINS(geom,BBOX(7,50,8,51))|1
countries|S_CONTAINS(geom,LINESTRING(7 50,8 51))|1
countries|S_CONTAINS(geom,POINT(7.02 49.92))|1
countries|S_OVERLAPS(geom,BBOX(-180,-90,0,90))|11`},
		{"temporal-functions", `
places|t_after("date",date('2022-04-16'))|1
places|t_before("date",date('2022-04-16'))|1
places|t_disjoint("date",date('2022-04-16'))|2
places|t_equals("date",date('2022-04-16'))|1
places|t_intersects("date",date('2022-04-16'))|1
places|t_after("date",interval($D))|1
places|t_before("date",interval($D))|1
places|t_disjoint("date",interval($D))|2
places|t_equals("date",interval($D))|0
places|t_equals("date",interval('2022-04-16','2022-04-16'))|1
places|t_intersects("date",interval($D))|1
places|t_after(start,$T)|1
places|t_before(start,$T)|1
places|t_disjoint(start,$T)|2
places|t_equals(start,$T)|1
places|t_intersects(start,$T)|1
places|t_after(start,interval($Y))|0
places|t_before(start,interval($Y))|1
places|t_disjoint(start,interval($Y))|1
places|t_equals(start,interval($Y))|0
places|t_intersects(start,interval($Y))|2
places|t_after($I,interval('..','$0'))|1
places|t_before($I,interval('2023-01-01T00:00:00Z','..'))|2
places|t_disjoint($I,interval('$0','2022-04-16T10:15:09Z'))|1
places|t_equals($I,interval('2021-04-16T10:15:59Z','$2'))|1
places|t_intersects($I,interval('$0','2022-04-16T10:15:09Z'))|2
places|T_CONTAINS($I,interval('$0','$1'))|1
places|T_DURING($I,interval($Y))|1
places|T_FINISHES($I,interval('$0','$2'))|1
places|T_FINISHEDBY($I,interval('$0','$2'))|1
places|T_MEETS($I,interval('$0','$1'))|0
places|T_METBY($I,interval('$0','$1'))|1
places|T_OVERLAPPEDBY($I,interval('2020-04-16T10:13:19Z','$1'))|2
places|T_OVERLAPS($I,interval('$0','2023-04-16T10:15:10Z'))|1
places|T_STARTEDBY($I,interval('$0','$1'))|1
places|T_STARTS($I,interval('$0','$1'))|0`},
		{"property-property", `
places|$K=name|1
places|$K<=name|137
places|$K<name|136
places|$K>=name|107
places|$K>name|106
places|$K<>name|242
places|name=nameascii|230
places|name>=nameascii|243
places|name>nameascii|13
places|name<=nameascii|230
places|name<nameascii|0
places|name<>nameascii|13
places|$P=pop_other|1
places|$P<=pop_other|123
places|$P<pop_other|122
places|$P>=pop_other|121
places|$P>pop_other|120
places|$P<>pop_other|242
places|pop_min=pop_max|27
places|pop_min<=pop_max|243
places|pop_min<pop_max|216
places|pop_min>=pop_max|27
places|pop_min>pop_max|0
places|pop_min<>pop_max|216
places|start=end|0
places|start<=end|3
places|start<end|3
places|start>=end|0
places|start>end|0
places|start<>end|3
places|$K LIKE 'K_benhavn'|243
places|$K NOT LIKE 'K_benhavn'|0
places|pop_other between pop_min and pop_max|94
places|pop_other not between pop_min and pop_max|149
countries|S_INTERSECTS(BBOX(0,40,10,50),geom)|8
countries|S_INTERSECTS(BBOX(150,-90,-150,90),geom)|10
countries|S_INTERSECTS(POINT(7.02 49.92),geom)|1
places|S_INTERSECTS(BBOX(0,40,10,50),geom)|7
rivers|S_INTERSECTS(BBOX(-180,-90,0,90),geom)|4
countries|S_INTERSECTS($Q,geom)|8
countries|S_INTERSECTS(LINESTRING(0 40,10 50),geom)|4
places|S_INTERSECTS($Q,geom)|7
rivers|S_INTERSECTS(LINESTRING(-60 -90,-60 90),geom)|2
countries|S_DISJOINT(BBOX(0,40,10,50),geom)|169
countries|S_DISJOINT($Q,geom)|169
countries|S_DISJOINT(LINESTRING(0 40,10 50),geom)|173
countries|S_DISJOINT(POINT(7.02 49.92),geom)|176
places|S_DISJOINT(BBOX(0,40,10,50),geom)|236
places|S_DISJOINT($Q,geom)|236
rivers|S_DISJOINT(BBOX(-180,-90,0,90),geom)|9
rivers|S_DISJOINT(LINESTRING(-60 -90,-60 90),geom)|11
places|S_EQUALS(POINT(6.1300028 49.6116604),geom)|1
countries|S_TOUCHES($L,geom)|3
countries|S_TOUCHES(POINT($t),geom)|3
countries|S_TOUCHES(POINT($e),geom)|2
countries|S_TOUCHES(LINESTRING($t,$e),geom)|3
rivers|S_CROSSES(BBOX(0,40,10,50),geom)|1
rivers|S_CROSSES(LINESTRING(-60 -90,-60 90),geom)|2
countries|S_CONTAINS(BBOX(-180,-90,0,90),geom)|44
places|S_CONTAINS(BBOX(-180,-90,0,90),geom)|74
rivers|S_CONTAINS(BBOX(-180,-90,0,90),geom)|4
countries|S_WITHIN(BBOX(7,50,8,51),geom)|1
countries|S_WITHIN(LINESTRING(7 50,8 51),geom)|1
countries|S_WITHIN(POINT(7.02 49.92),geom)|1
countries|S_OVERLAPS(BBOX(-180,-90,0,90),geom)|11
places|t_after(date('2022-04-16'),"date")|1
places|t_before(date('2022-04-16'),"date")|1
places|t_disjoint(date('2022-04-16'),"date")|2
places|t_equals(date('2022-04-16'),"date")|1
places|t_intersects(date('2022-04-16'),"date")|1
places|t_after(interval($D),"date")|1
places|t_before(interval($D),"date")|1
places|t_disjoint(interval($D),"date")|2
places|t_equals(interval($D),"date")|0
places|t_equals(interval('2022-04-16','2022-04-16'),"date")|1
places|t_intersects(interval($D),"date")|1
places|t_after($T,start)|1
places|t_before($T,start)|1
places|t_disjoint($T,start)|2
places|t_equals($T,start)|1
places|t_intersects($T,start)|1
places|t_after(interval($Y),start)|1
places|t_before(interval($Y),start)|0
places|t_disjoint(interval($Y),start)|1
places|t_equals(interval($Y),start)|0
places|t_intersects(interval($Y),start)|2
places|t_after(interval('2023-01-01T00:00:00Z','..'),$I)|2
places|t_before(interval('..','$0'),$I)|1
places|t_disjoint(interval('$0','2022-04-16T10:15:09Z'),$I)|1
places|t_equals(interval('2021-04-16T10:15:59Z','$2'),$I)|1
places|t_intersects(interval('$0','2022-04-16T10:15:09Z'),$I)|2
places|T_CONTAINS(interval('2021-04-16T10:13:19Z','2023-04-16T10:15:10Z'),$I)|2
places|T_DURING(interval('2022-07-01T00:00:00Z','2022-12-31T23:59:59Z'),$I)|1
places|T_FINISHES(interval('$0','$2'),$I)|1
places|T_FINISHEDBY(interval('$0','$2'),$I)|1
places|T_MEETS(interval('$0','$1'),$I)|1
places|T_METBY(interval('$0','$1'),$I)|0
places|T_OVERLAPPEDBY(interval('2020-04-16T10:13:19Z','$1'),$I)|0
places|T_OVERLAPS(interval('$0','2023-04-16T10:15:10Z'),$I)|0
places|T_STARTEDBY(interval('$0','$1'),$I)|0
places|T_STARTS(interval('$0','$1'),$I)|1`},
		{"arithmetic", `
places|pop_other=1038280+8|1
places|pop_other>=1038290-2*2^0|123
places|pop_other>1038290-20/10|122
places|pop_other>1038290-21 div 10|122
places|pop_other>1038290-5%2|122
places|pop_other<=1038200+8*11|121
places|pop_other<1038280+2^3|120
places|pop_other<>1038290-2^1|242
places|pop_other between 4000000/4 and (3*(900000+100000))|75
places|pop_other not between 4000000/4 and (3*(900000+100000))|168
places|pop_other in (1000000+38288,1000000+600000+11692,3*1000000+13258,3*1000000+13257,30*100000+13259)|3
places|pop_other not in (1000000+38288,1000000+600000+11692,3*1000000+13258,3*1000000+13257,30*100000+13259)|240
places|1038280+8=pop_other|1`},
	}
}

// combinations are of the test /conf/basic-cql2/logical: p1 to p4 and how many
// places `(NOT (p2) AND p1) OR (p3 and p4) or not (p1 OR p4)` finds. n is name, o
// pop_other, s start, b boolean.
const combinations = `
o<>P|n<>K|o IS NULL|n<K|1
o<>P|n>K|n<=K|b=true|107
s IS NULL|o IS NOT NULL|o IS NOT NULL|o>P|124
o<P|o>P|o IS NULL|s<T|121
s=T|o<P|s=T|n<>K|2
s<=T|n<>K|b=true|n<K|2
o=P|s IS NULL|s<>T|b IS NOT NULL|242
s IS NULL|o>P|s IS NOT NULL|n>K|122
o<P|n<>K|n=K|s<T|2
s>=T|n IS NOT NULL|s IS NULL|o<P|120
n>=K|s IS NOT NULL|b=true|s>=T|137
s IS NOT NULL|n>=K|s IS NOT NULL|n IS NOT NULL|3
n IS NULL|n<K|o IS NOT NULL|b IS NOT NULL|243
s>=T|n>K|o=P|n<K|3
s<T|n<=K|b IS NULL|n>K|138
o IS NOT NULL|s IS NULL|o>=P|n>K|62
n=K|s=T|b=true|o IS NULL|243
n>K|o<P|o>P|n<=K|122
o<>P|n=K|n<=K|s>T|243
s<T|s>=T|o=P|s IS NULL|3
n<>K|b=true|s=T|s IS NULL|2
s<>T|n>K|s<=T|n IS NOT NULL|3
n<>K|o<>P|o<P|s>=T|2
b IS NULL|o>P|b IS NOT NULL|o IS NULL|122
o=P|s IS NULL|s>T|o IS NOT NULL|2
o<>P|s IS NULL|o>P|b=true|2
s>T|o<P|n<=K|o=P|2
s>=T|s<=T|n<=K|n<>K|107
b=true|n IS NOT NULL|b IS NULL|o=P|1
s=T|o=P|o<P|n<>K|122
o<>P|s<=T|s IS NOT NULL|s=T|3
n=K|o<P|s IS NOT NULL|o<>P|3
n<K|s<>T|s>T|s=T|2
b=true|o<P|n IS NOT NULL|s<=T|3
o IS NULL|n<=K|n=K|s>T|2
s<=T|o IS NULL|s<T|n IS NOT NULL|2
s<>T|n=K|b IS NULL|o<>P|241
b=true|o<=P|n<>K|o IS NULL|2
n IS NOT NULL|o<=P|s IS NOT NULL|b IS NOT NULL|124
o<=P|o<P|s>T|o>P|1
s IS NOT NULL|b IS NOT NULL|n>=K|o IS NOT NULL|137
s<>T|s IS NOT NULL|o>P|o<P|1
o<=P|n<=K|b IS NULL|s IS NOT NULL|198
n>=K|n>=K|n<=K|n>=K|107
b=true|s<T|b IS NOT NULL|n<K|2
s>T|s>=T|o IS NULL|o<=P|1
o<P|n=K|s>=T|n<K|181
o<P|o<=P|o IS NULL|s IS NOT NULL|121
n>=K|o>=P|b=true|n IS NOT NULL|79
b IS NULL|n<>K|b IS NULL|o IS NOT NULL|240
o<P|s>=T|n>K|o<=P|199
n<=K|s>T|n<K|b IS NULL|106
n>=K|s IS NOT NULL|n>=K|n IS NOT NULL|137
o<P|s<T|n IS NULL|o>=P|1
o>=P|n>K|b IS NOT NULL|s IS NOT NULL|184
s IS NOT NULL|n<>K|n<=K|n IS NULL|241
n>=K|o<>P|s=T|n<>K|2
b IS NOT NULL|o<=P|o=P|s=T|1
o=P|o IS NOT NULL|s IS NOT NULL|n<>K|2
n IS NULL|s IS NOT NULL|s=T|n IS NOT NULL|1`
