import"./chunk-YBCRR6YS.js";import"./chunk-EGOVQCVF.js";import"./chunk-B7HT7YCG.js";import"./chunk-5DNGW5L6.js";import"./chunk-OOJM4CTU.js";
